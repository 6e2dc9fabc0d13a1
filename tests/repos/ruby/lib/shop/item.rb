module Shop
  class Item < Thing
    def price
      12
    end
  end
end
