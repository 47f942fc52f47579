/** For antd's buttons at work: a sign that nobody reads out; antd's own is called “loading” in every language. */
export const BUSY_SIGN = <span aria-hidden="true">⋯</span>;
