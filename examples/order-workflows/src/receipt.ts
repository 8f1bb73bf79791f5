interface Order {
  id: string;
  total: number;
  items: { name: string; price: number }[];
}

/** The mail with the receipt. It is sent as it is, so what people have written is escaped here. */
export function receipt(order: Order, name: string | null) {
  const rows = order.items.map((item) => `<tr><td>${escape(item.name)}</td><td>${euros(item.price)}</td></tr>`);
  const html = `<h1>Thanks${name ? `, ${escape(name)}` : ''}</h1>
<table class="data">${rows.join('')}<tr><td><b>Total</b></td><td><b>${euros(order.total)}</b></td></tr></table>`;
  return { subject: `Your receipt for order ${order.id}`, html };
}

function euros(amount: number): string {
  return `${amount.toFixed(2)} €`;
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
