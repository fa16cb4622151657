import * as api from "../sdk/index.js";
import { joinAdmin, joinCustomer, joinSeller, randomText } from "./harness.js";
import { atOnce, type Case, expected, list, raced } from "./races.js";

const PRICE = 10;
const DAY_MS = 86_400_000;

type Seller = Awaited<ReturnType<typeof joinSeller>>;
type Admin = Awaited<ReturnType<typeof joinAdmin>>;

interface Shop {
  connection: api.Connection;
  seller: Seller;
  admin: Admin;
  productId: string;
  shippingMethodId: string;
}

interface Customer {
  connection: api.Connection;
  order: (cartId: string) => Promise<api.Order>;
  fill: (variantIds: readonly string[], quantity?: number) => Promise<string>;
}

async function openShop(connection: api.Connection): Promise<Shop> {
  const seller = await joinSeller(connection);
  const admin = await joinAdmin(connection);
  const category = await api.categories.create(admin.connection, { name: randomText("name") });
  const product = await api.products.create(seller.connection, {
    categoryId: category.id,
    title: randomText("title"),
  });
  const shipping = await api.shippingMethods.create(admin.connection, {
    name: randomText("name"),
    fee: 0,
    days: 1,
  });
  return { connection, seller, admin, productId: product.id, shippingMethodId: shipping.id };
}

async function variant({ seller, productId }: Shop, openingStock: number): Promise<string> {
  const made = await api.variants.create(seller.connection, {
    productId,
    sku: randomText("sku"),
    price: PRICE,
    openingStock,
  });
  return made.id;
}

async function stock(shop: Shop, variantId: string): Promise<number> {
  return (await api.variants.read(shop.connection, variantId)).stock;
}

async function customer(shop: Shop): Promise<Customer> {
  const { connection } = await joinCustomer(shop.connection);
  const address = await api.addresses.create(connection, {
    recipient: "Ann",
    street: "High Street 1",
    postalCode: "12345",
    city: "Town",
    country: "Land",
  });
  const { shippingMethodId } = shop;
  return {
    connection,
    order: (cartId) =>
      api.orders.create(connection, { cartId, addressId: address.id, shippingMethodId }),
    fill: async (variantIds, quantity = 1) => {
      const cart = await api.carts.create(connection, { name: "Cart" });
      for (const variantId of variantIds)
        await api.cartItems.create(connection, { cartId: cart.id, variantId, quantity });
      return cart.id;
    },
  };
}

export const CASES: readonly Case[] = [
  [
    "20 orders of a stock of 5",
    async (connection) => {
      const shop = await openShop(connection);
      const piece = await variant(shop, 5);
      const calls = await list(20, async () => {
        const buyer = await customer(shop);
        const cart = await buyer.fill([piece]);
        return () => buyer.order(cart);
      });
      raced(await atOnce(calls), { success: 5, 409: 15 });
      expected("stock", await stock(shop, piece), 0);
    },
  ],
  [
    "one cart ordered 10 times",
    async (connection) => {
      const shop = await openShop(connection);
      const piece = await variant(shop, 9);
      const buyer = await customer(shop);
      const cart = await buyer.fill([piece], 2);
      raced(await atOnce(await list(10, async () => () => buyer.order(cart))), {
        success: 1,
        409: 9,
      });
      expected("orders", (await api.orders.list(buyer.connection)).pagination.records, 1);
      expected("stock", await stock(shop, piece), 7);
    },
  ],
  [
    "one order cancelled 10 times",
    async (connection) => {
      const shop = await openShop(connection);
      const piece = await variant(shop, 9);
      const buyer = await customer(shop);
      const { id } = await buyer.order(await buyer.fill([piece], 2));
      const cancel = () => api.orders.cancel(buyer.connection, id);
      raced(await atOnce(await list(10, async () => cancel)), { success: 1, 409: 9 });
      expected("stock", await stock(shop, piece), 9);
    },
  ],
  [
    "one order paid and cancelled, 4 times each",
    async (connection) => {
      const shop = await openShop(connection);
      const piece = await variant(shop, 9);
      const buyer = await customer(shop);
      const { id } = await buyer.order(await buyer.fill([piece]));
      const pay = () => api.payments.create(buyer.connection, { orderId: id });
      const cancel = () => api.orders.cancel(buyer.connection, id);
      raced(await atOnce(await list(8, async (place) => (place % 2 ? pay : cancel))), {
        success: 1,
        409: 7,
      });
      const { status } = await api.orders.read(buyer.connection, id);
      const payments = await api.payments.list(buyer.connection);
      expected("payments", payments.pagination.records, status === "paid" ? 1 : 0);
      expected("stock", await stock(shop, piece), status === "paid" ? 8 : 9);
    },
  ],
  [
    "a coupon for 2 uses used 10 times",
    async (connection) => {
      const shop = await openShop(connection);
      const piece = await variant(shop, 20);
      const coupon = await api.coupons.create(shop.admin.connection, {
        code: randomText("code", 20),
        amount: 5,
        minimumTotal: 5,
        maxUses: 2,
        startsAt: new Date(Date.now() - DAY_MS).toISOString(),
        endsAt: new Date(Date.now() + DAY_MS).toISOString(),
      });
      const calls = await list(10, async () => {
        const buyer = await customer(shop);
        const { id } = await buyer.order(await buyer.fill([piece]));
        return () =>
          api.couponUses.create(buyer.connection, { orderId: id, couponId: coupon.id });
      });
      raced(await atOnce(calls), { success: 2, 409: 8 });
      const { usedCount } = await api.coupons.read(shop.admin.connection, coupon.id);
      expected("uses", usedCount, 2);
    },
  ],
  [
    "16 orders of two items in opposite order",
    async (connection) => {
      const shop = await openShop(connection);
      const first = await variant(shop, 100);
      const second = await variant(shop, 100);
      const calls = await list(16, async (place) => {
        const buyer = await customer(shop);
        const cart = await buyer.fill(place % 2 ? [first, second] : [second, first]);
        return () => buyer.order(cart);
      });
      raced(await atOnce(calls), { success: 16 });
      expected("stock", await stock(shop, first), 84);
      expected("stock", await stock(shop, second), 84);
    },
  ],
  [
    "15 addresses where 10 are allowed",
    async (connection) => {
      const buyer = await joinCustomer(connection);
      const add = () =>
        api.addresses.create(buyer.connection, {
          recipient: "Ann",
          street: "High Street 1",
          postalCode: "12345",
          city: "Town",
          country: "Land",
        });
      raced(await atOnce(await list(15, async () => add)), { success: 10, 409: 5 });
      expected(
        "addresses",
        (await api.addresses.list(buyer.connection)).pagination.records,
        10,
      );
    },
  ],
];
