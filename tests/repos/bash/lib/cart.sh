# Put an item into the cart.
function add_item {
  log "$1"
}

log() { printf '%s\n' "$1"; }
