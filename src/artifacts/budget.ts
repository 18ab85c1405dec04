/** How many bytes one session may upload. New uploads are declined above it; none is cut short. */
export class UploadBudget {
  limit: number;
  #taken = 0;

  /** @param limit bytes */
  constructor(limit: number) {
    this.limit = limit;
  }

  get left(): number {
    return Math.max(0, this.limit - this.#taken);
  }

  /** Sets so many bytes aside, if there are as many left. */
  take(bytes: number): boolean {
    if (bytes > this.left) return false;
    this.#taken += bytes;
    return true;
  }

  /** What was set aside, and what went over the wire in the end: a failed upload used its part. */
  settle(taken: number, sent: number): void {
    this.#taken += sent - taken;
  }
}

/** One for each place, as long as the session lasts. */
export class UploadBudgets {
  readonly #byPlace = new Map<string, UploadBudget>();

  /** @param limit bytes; what was uploaded already counts when it has changed */
  of(place: string, limit: number): UploadBudget {
    const budget = this.#byPlace.get(place) ?? new UploadBudget(limit);
    budget.limit = limit;
    this.#byPlace.set(place, budget);
    return budget;
  }
}
