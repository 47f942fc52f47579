import { there } from './no-circular-back.js';
export const here = () => there;
