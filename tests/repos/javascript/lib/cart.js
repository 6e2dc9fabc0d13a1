/**
 * A cart and what it costs.
 */
const { Item } = require('./item');
const events = require('events');

const MAX_ITEMS = 10;

/**
 * Holds what is bought.
 */
class Cart extends events.EventEmitter {
  #secret = 1;
  static count = 0;

  /** @param {string} owner */
  constructor(owner) {
    super();
    this.owner = owner;
    this.items = [];
  }

  /** Put an item into the cart. */
  add(item, count = 1) {
    if (this.items.length + count > MAX_ITEMS) {
      throw new RangeError('full');
    }
    this.items.push(item);
    return this;
  }

  total() {
    return this.items.reduce((sum, item) => sum + item.price, 0);
  }
}

// Makes a cart with one item.
const makeCart = (owner) => {
  const cart = new Cart(owner);
  cart.add(new Item('Dune', 12));
  return cart;
};

function hidden() {}

module.exports = { Cart, makeCart };
