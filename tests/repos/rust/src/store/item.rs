use crate::ShopError;

/// Something with a price.
pub trait Priced {
    fn price(&self) -> u32;
}

pub struct Item {
    name: String,
    cents: u32,
}

impl Item {
    pub fn new(name: &str, cents: u32) -> Item {
        Item { name: name.to_string(), cents }
    }

    fn check(&self) -> Result<(), ShopError> {
        Err(ShopError::Broken(self.name.clone()))
    }
}

impl Priced for Item {
    fn price(&self) -> u32 {
        self.cents
    }
}
