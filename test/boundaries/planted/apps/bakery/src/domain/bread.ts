export const bread = 1;
