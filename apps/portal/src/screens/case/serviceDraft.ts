import type { Serving } from '../../api/cases';
import type { FieldError } from '../../components/input/ErrorSummary';
import type { Texts } from '../../texts/zh';

/** The form as it is being filled in: the way may not be chosen yet, and what was typed for another way stays. */
export type ServiceDraft = Omit<Serving, 'method'> & { readonly method?: Serving['method'] | undefined };

/** What is missing, by field. */
export function wrongIn(
  { method, on, receivedBy, witness, recorded }: ServiceDraft,
  days: { readonly from: string; readonly to: string },
  t: Texts,
): FieldError[] {
  if (!method) return [{ field: 'service-method', text: t.notice.chooseMethod }];
  return [
    ...(on < days.from || on > days.to ? [{ field: 'service-on', text: t.notice.onWrong }] : []),
    ...(method === 'direct' && !receivedBy
      ? [{ field: 'service-receiver', text: t.notice.chooseReceiver }]
      : []),
    ...(method === 'left' && !recorded && !witness?.trim()
      ? [{ field: 'service-witness', text: t.notice.witnessMissing }]
      : []),
  ];
}

/** What belongs to the way that was chosen; a field that was left empty is not sent. */
export function servingOf({ method, on, ...rest }: Serving): Serving {
  const said = (text: string | undefined) => text?.trim() || undefined;
  return {
    method,
    on,
    recorded: method === 'left' && rest.recorded,
    note: said(rest.note),
    correction: said(rest.correction),
    ...(method === 'direct' ? { receivedBy: rest.receivedBy, receiverName: said(rest.receiverName) } : {}),
    ...(method === 'left' ? { witness: said(rest.witness) } : {}),
    ...(method === 'post' ? { reference: said(rest.reference) } : {}),
  };
}
