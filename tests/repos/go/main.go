package main

import (
	"fmt"

	shop "example.com/shop/store"
)

func main() {
	item := shop.NewItem("Dune", shop.MaxItems)
	fmt.Println(item.Total(7))
}
