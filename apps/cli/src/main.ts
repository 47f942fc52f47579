import { createProgram, runProgram } from './program.js';

await runProgram(createProgram(null), process.argv);
