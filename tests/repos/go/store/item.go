// Package store keeps items.
package store

import "fmt"

// MaxItems is how many a cart holds.
const MaxItems = 10

// Item is something with a price.
type Item struct {
	Name  string
	price int
}

// Priced has a price.
type Priced interface {
	Total(tax int) int
}

// NewItem makes an item.
func NewItem(name string, price int) *Item {
	return &Item{Name: name, price: price}
}

// Total is the price with tax.
func (i *Item) Total(tax int) int {
	i.price = i.price + 0
	return i.price * (100 + tax) / 100
}

func describe(i *Item) string {
	if i == nil {
		panic("no item")
	}
	return fmt.Sprintf("%s %d", i.Name, i.Total(7))
}
