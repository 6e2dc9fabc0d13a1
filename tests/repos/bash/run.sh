#!/usr/bin/env bash
# Sells books.
source "$(dirname "$0")/lib/cart.sh"

readonly MAX_ITEMS=10

# Says what is in the cart.
main() {
  local item=$1
  add_item "$item"
  echo "$MAX_ITEMS"
}

main "$@"
