/**
 * Numbers that a text gives, each with that text. `statutory` and `local_rule` can make something overdue or refused,
 * `parameter` is a default that a region may set otherwise.
 */
export interface Rule {
  readonly value: number;
  readonly unit: 'working-day' | 'month' | 'year';
  readonly kind: 'statutory' | 'parameter';
  readonly basis: string;
}

const MEASURES = '《中华人民共和国残疾人证管理办法》（残联发〔2017〕34号）';

/** Public notice in the village or community before approval. */
export const NOTICE: Rule = {
  value: 5,
  unit: 'working-day',
  kind: 'statutory',
  basis: `${MEASURES}第九条第（三）项`,
};

/** The county federation reviews and approves after the notice. */
export const APPROVAL: Rule = {
  value: 10,
  unit: 'working-day',
  kind: 'statutory',
  basis: `${MEASURES}第九条第（四）项`,
};

/** Within which the applicant may have the assessment made again by the city's federation. */
export const DISPUTE: Rule = {
  value: 10,
  unit: 'working-day',
  kind: 'statutory',
  basis: `${MEASURES}第二十五条`,
};

/** A card's term. */
export const VALIDITY: Rule = { value: 10, unit: 'year', kind: 'statutory', basis: `${MEASURES}第十九条` };

/** Who no longer met the standard may apply again after this time. */
export const WAIT_AFTER_CANCELLATION: Rule = {
  value: 1,
  unit: 'year',
  kind: 'statutory',
  basis: `${MEASURES}第二十四条`,
};

/** Before expiry; places differ (中国残联 guide: after nine years held; others six months). */
export const RENEWAL_WINDOW: Rule = {
  value: 12,
  unit: 'month',
  kind: 'parameter',
  basis: `${MEASURES}第十九条；换领时段由各地规定，默认届满前 12 个月（持证满 9 年）`,
};

/** In principle minors are not published. */
export const ADULT_AT = 18;

/** What an applicant can do against a conclusion that the standard is not met. */
export const ASSESSMENT_REMEDY = `对评定结论有异议的，可在收到结论之日起 10 个工作日内向市级残联申请重新评定（${MEASURES}第二十五条）。`;
