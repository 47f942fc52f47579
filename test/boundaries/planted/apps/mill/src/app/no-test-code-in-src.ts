import { helper } from '@app/testing';
export const helped = helper;
