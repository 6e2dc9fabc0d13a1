package store

// Book is an item to read.
type Book struct {
	Item
	Author string
}

func (b Book) Describe() string {
	return describe(&b.Item)
}
