import { Button } from 'antd';
import { useEffect, useRef, type ReactNode } from 'react';
import { Banner } from '../../components/state/Banner';
import { useSubmit } from './useSubmit';

interface DoorFormProps {
  readonly title: string;
  readonly intro?: ReactNode;
  readonly action: string;
  send(): Promise<unknown>;
  readonly children: ReactNode;
  readonly below?: ReactNode;
  /** Whether the form came after another: its title then takes the focus. */
  readonly later?: boolean;
}

/** A step on the way in: what is asked, what went wrong, one button. */
export function DoorForm({ title, intro, action, send, children, below, later }: DoorFormProps) {
  const { busy, failure, submit } = useSubmit(send);
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (later) heading.current?.focus();
  }, [later]);
  return (
    <form className="door" onSubmit={submit} noValidate>
      <h2 ref={heading} tabIndex={-1}>
        {title}
      </h2>
      {intro}
      {failure && <Banner kind="error" urgent title={failure} />}
      {children}
      <Button type="primary" htmlType="submit" block loading={busy}>
        {action}
      </Button>
      {below}
    </form>
  );
}
