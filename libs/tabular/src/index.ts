// Tables that people fill in: reads .xlsx and .csv against columns with every error explained, and writes templates and error workbooks.
export { bytesWithin } from './bytes-within.js';
export { bad, cleanText, good, safeForSpreadsheet, type Cell, type Reading } from './cell.js';
export {
  choiceColumn,
  column,
  dayColumn,
  digitsColumn,
  freeTextColumn,
  LOST_DIGITS,
  lostDigits,
  monthColumn,
  numberColumn,
  readDay,
  textColumn,
  yesNoColumn,
  type Column,
  type ColumnOptions,
} from './column.js';
export { FileNotReadable, FileTooLarge, HeaderNotValid } from './errors.js';
export { DEFAULT_LIMITS, LARGE_LIMITS, type TableLimits } from './limits.js';
export {
  readTable,
  type Columns,
  type Row,
  type RowError,
  type Table,
  type TableKind,
  type Values,
} from './table.js';
export { csvTemplate, errorWorkbook, formWorkbook, xlsxTemplate, type BadRow, type Form } from './write.js';
