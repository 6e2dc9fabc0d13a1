<?php

namespace App\Shop;

use App\Shop\Item as Thing;
use InvalidArgumentException;

/**
 * Holds what is bought.
 */
final class Cart extends Base implements Priced
{
    use Countable;

    public const MAX_ITEMS = 10;
    private array $items = [];

    public function __construct(private string $owner, ?Thing $first = null)
    {
        $this->first = $first;
    }

    /** Put an item into the cart. */
    public function add(Thing $item, int $count = 1): static
    {
        if ($count > self::MAX_ITEMS) {
            throw new InvalidArgumentException('full');
        }
        $this->check($item);
        return $this;
    }

    private function check(Thing $item): void
    {
        $item->price();
        helper(1);
    }
}

function helper(int $value): int
{
    return $value;
}
