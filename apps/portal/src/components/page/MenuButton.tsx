import { Button } from 'antd';
import { useEffect, useId, useRef, useState, type KeyboardEvent, type ReactNode } from 'react';

export interface MenuEntry {
  readonly key: string;
  readonly label: string;
  /** For one of several choices: whether it is the one. */
  readonly checked?: boolean;
  run(): void;
}

interface MenuButtonProps {
  readonly label: string;
  readonly children?: ReactNode;
  /** Each group is told apart by a line and, if it is a choice, by its name. */
  readonly groups: readonly { readonly name: string; readonly entries: readonly MenuEntry[] }[];
  readonly type?: 'text' | 'default';
  readonly align?: 'start' | 'end';
}

/** A button with a menu as the ARIA practices describe it: antd's Dropdown cannot be opened by keyboard, and loses the focus. */
export function MenuButton({ label, children, groups, type = 'default', align = 'end' }: MenuButtonProps) {
  const [open, setOpen] = useState(false);
  const id = useId();
  const box = useRef<HTMLDivElement>(null);
  const trigger = useRef<HTMLButtonElement>(null);

  const entries = () => [...(box.current?.querySelectorAll<HTMLElement>('[role^="menuitem"]') ?? [])];
  const close = () => {
    setOpen(false);
    trigger.current?.focus();
  };

  useEffect(() => {
    if (!open) return undefined;
    box.current?.querySelector<HTMLElement>('[role^="menuitem"]')?.focus();
    const outside = (event: MouseEvent) => {
      if (event.target instanceof Node && !box.current?.contains(event.target)) setOpen(false);
    };
    document.addEventListener('mousedown', outside);
    return () => document.removeEventListener('mousedown', outside);
  }, [open]);

  const onMenuKey = (event: KeyboardEvent) => {
    const all = entries();
    const at = all.indexOf(document.activeElement as HTMLElement);
    const to: Record<string, number> = {
      ArrowDown: (at + 1) % all.length,
      ArrowUp: (at - 1 + all.length) % all.length,
      Home: 0,
      End: all.length - 1,
    };
    const next = to[event.key];
    if (next !== undefined) {
      event.preventDefault();
      all[next]?.focus();
    } else if (event.key === 'Escape') {
      event.preventDefault();
      event.stopPropagation();
      close();
    } else if (event.key === 'Tab') {
      setOpen(false);
    }
  };

  return (
    <div className="menu-button" ref={box}>
      <Button
        ref={trigger as never}
        type={type}
        aria-haspopup="menu"
        aria-expanded={open}
        aria-controls={open ? id : undefined}
        aria-label={children ? label : undefined}
        onClick={() => setOpen(!open)}
        onKeyDown={(event) => {
          if (event.key !== 'ArrowDown' || open) return;
          event.preventDefault();
          setOpen(true);
        }}
      >
        {children ?? label}
        <span aria-hidden="true" className="caret">
          ▾
        </span>
      </Button>
      {open && (
        <div
          role="menu"
          id={id}
          aria-label={label}
          tabIndex={-1}
          className={`menu menu-${align}`}
          onKeyDown={onMenuKey}
        >
          {groups.map((group) => (
            <div role="group" aria-label={group.name} key={group.name}>
              <div className="menu-group-name" aria-hidden="true">
                {group.name}
              </div>
              {group.entries.map((entry) => (
                <button
                  key={entry.key}
                  type="button"
                  role={entry.checked === undefined ? 'menuitem' : 'menuitemradio'}
                  aria-checked={entry.checked}
                  tabIndex={-1}
                  onClick={() => {
                    close();
                    entry.run();
                  }}
                >
                  <span aria-hidden="true" className="tick">
                    {entry.checked ? '✓' : ''}
                  </span>
                  {entry.label}
                </button>
              ))}
            </div>
          ))}
        </div>
      )}
    </div>
  );
}
