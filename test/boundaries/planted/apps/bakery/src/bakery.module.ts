export class BakeryModule {}
