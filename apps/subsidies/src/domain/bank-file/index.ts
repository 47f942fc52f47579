// Bank files as data: what a payer of money wants to be handed, and what it answers. Pure; no file and no clock.
export { demoFormats } from './demo-formats.js';
export { bankFileFormat, type BankFileFormat } from './format.js';
export { readReturnFile, type ReturnFile, type ReturnLine, type ReturnProblem } from './read-return-file.js';
export { BankFileNotWritable, writeBankFile, type BankFile, type BankLine } from './write-bank-file.js';
