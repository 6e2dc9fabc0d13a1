/** Something with a price. */
export interface Priced {
  price: number;
  describe(currency: string): string;
}

export abstract class Item implements Priced {
  constructor(public readonly name: string, public price: number) {}

  /** What it is. */
  describe(currency: string = "EUR"): string {
    return `${this.name} ${this.format(currency)}`;
  }

  protected abstract format(currency: string): string;
}

export default class Book extends Item {
  protected format(currency: string): string {
    return currency + this.price;
  }
}
