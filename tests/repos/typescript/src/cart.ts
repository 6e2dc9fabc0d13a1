import { Book, Item as Thing, type Priced } from "./models";
import * as models from "./models/item";

export const MAX_ITEMS = 10;

export enum State {
  Open,
  Closed = "closed",
}

export type Listener = (item: Priced) => void;

/** Holds what is bought. */
export class Cart<T extends Thing = Thing> {
  private items: T[] = [];
  last?: Thing;

  add(item: T, count?: number): this {
    if (this.items.length > MAX_ITEMS) throw new CartError("full");
    this.items.push(item);
    this.last = item;
    return this;
  }

  describe(): string {
    return this.last!.describe("EUR");
  }
}

export class CartError extends Error {}

export function makeCart(): Cart {
  const cart = new Cart();
  const book = new models.Item("Dune", 12);
  cart.add(book);
  return cart;
}

namespace Internal {
  export const hidden = 1;
}
