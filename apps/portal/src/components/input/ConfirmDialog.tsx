import { Modal } from 'antd';
import type { ReactNode } from 'react';
import { useTexts } from '../../texts/TextsProvider';

interface ConfirmDialogProps {
  readonly open: boolean;
  readonly title: string;
  readonly confirm: string;
  /** Instead of 取消. */
  readonly cancel?: string;
  readonly danger?: boolean;
  readonly busy?: boolean;
  readonly children: ReactNode;
  onConfirm(): void;
  onCancel(): void;
}

/** Asks once more, or for what is still needed; the focus comes back to where it was. */
export function ConfirmDialog(props: ConfirmDialogProps) {
  const { open, title, confirm, cancel, danger, busy, children, onConfirm, onCancel } = props;
  const t = useTexts();
  return (
    <Modal
      open={open}
      title={title}
      okText={confirm}
      okButtonProps={{ danger, loading: busy }}
      cancelText={cancel ?? t.form.cancel}
      // antd's own sign is called “close” in every language.
      closable={{ 'aria-label': t.form.close, closeIcon: <span aria-hidden="true">✕</span> }}
      mask={{ closable: false }}
      destroyOnHidden
      onOk={onConfirm}
      onCancel={onCancel}
    >
      {children}
    </Modal>
  );
}
