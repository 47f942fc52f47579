import { z } from 'zod';
import { Sensitive, type SensitiveKind } from './sensitive.js';

const TITLES: Record<SensitiveKind, string> = {
  name: '姓名',
  identity: '居民身份证号',
  card: '残疾人证号',
  phone: '电话',
  account: '银行账号',
  address: '详细地址',
};

/**
 * A field of an answer that shows somebody's secret: a `Sensitive` of this kind leaves as its masked text. A plain string is
 * refused, so that a handler that forgot to mask answers 500 and not the number; the message never holds the value.
 * In the OpenAPI document it is a string of the format `masked`.
 */
export function sensitive(kind: SensitiveKind) {
  return z
    .custom<Sensitive>((value) => value instanceof Sensitive && value.kind === kind, {
      error: `must be a Sensitive of kind ${kind}: nothing plain leaves the service`,
    })
    .transform((value) => value.toString())
    .pipe(z.string().meta({ format: 'masked', description: `${TITLES[kind]}，已脱敏 · Masked.` }));
}
