using System;
using System.Collections.Generic;

namespace Example.Shop
{
    /// <summary>Something with a price.</summary>
    public interface IPriced
    {
        int Total(int tax);
    }

    /// <summary>Holds what is bought.</summary>
    public class Cart : IPriced
    {
        public const int MaxItems = 10;
        private readonly List<Item> items = new List<Item>();
        public string Owner { get; set; }

        public Cart(string owner)
        {
            this.Owner = owner;
        }

        [Obsolete]
        public int Total(int tax)
        {
            if (items.Count > MaxItems) throw new InvalidOperationException("full");
            var item = new Item();
            return Round(item.Price(tax));
        }

        private static int Round(int value) => value;
    }

    public enum State { Open, Closed }

    public struct Item
    {
        public int Price(int tax) { return tax; }
    }
}
