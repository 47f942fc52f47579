export const bakery = 1;
