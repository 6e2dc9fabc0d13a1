require_relative "item"

module Shop
  MAX_ITEMS = 10

  # Holds what is bought.
  class Cart
    include Enumerable
    attr_reader :owner

    def initialize(owner, limit: MAX_ITEMS)
      @owner = owner
      @items = []
    end

    # Put an item into the cart.
    def add(item)
      raise ArgumentError, "full" if @items.size >= MAX_ITEMS
      @items << item
      self
    end

    def self.gift(owner)
      cart = Cart.new(owner)
      cart.add(Item.new("Dune"))
    end
  end
end
