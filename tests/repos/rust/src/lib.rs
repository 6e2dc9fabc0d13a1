//! A shop that sells books.

pub mod store;

use store::item::{Item, Priced as HasPrice};

/// How many items a cart holds.
pub const MAX_ITEMS: usize = 10;

/// What can go wrong.
#[derive(Debug)]
pub enum ShopError {
    SoldOut,
    Broken(String),
}

/// Holds what is bought.
#[derive(Default)]
pub struct Cart {
    pub items: Vec<Item>,
    owner: String,
}

impl Cart {
    /// An empty cart.
    pub fn new(owner: String) -> Self {
        Cart { items: vec![], owner }
    }

    pub fn add(&mut self, item: Item) -> Result<(), ShopError> {
        if self.items.len() >= MAX_ITEMS {
            return Err(ShopError::SoldOut);
        }
        self.items.push(item);
        Ok(())
    }
}

impl HasPrice for Cart {
    fn price(&self) -> u32 {
        self.items.iter().map(|item| item.price()).sum()
    }
}

fn gift() -> Cart {
    let mut cart = Cart::new(String::new());
    let item = Item::new("Dune", 12);
    cart.add(item).unwrap();
    cart
}
