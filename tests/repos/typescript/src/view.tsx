import { Cart } from "./cart";

interface Props {
  cart: Cart;
}

/** Shows a cart. */
export const CartView = ({ cart }: Props) => {
  return <div className="cart">{cart.describe()}</div>;
};
