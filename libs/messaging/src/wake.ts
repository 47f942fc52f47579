/** Lets one loop sleep until somebody wakes it or the time is up. A wake-up while it is busy is not lost. */
export class WakeUp {
  private wanted = false;
  private resolve: (() => void) | null = null;

  wake(): void {
    this.wanted = true;
    this.resolve?.();
  }

  /** Sleeps at most this long; returns at once if it was woken since the last sleep. */
  async sleep(milliseconds: number): Promise<void> {
    if (!this.wanted) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, milliseconds);
        this.resolve = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      this.resolve = null;
    }
    this.wanted = false;
  }
}
