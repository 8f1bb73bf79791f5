import { afterAll, describe, expect, it } from 'vitest';
import { openEngine } from './testing/say.ts';

const { engine, program, input, one } = openEngine();
afterAll(() => engine.close());

const ATTACKS = [
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  "' onmouseover='alert(1)",
  '" onmouseover="alert(1)',
  'javascript:alert(1)',
  ' \u0001javascript:alert(1)',
  'java\nscript:alert(1)',
  'JaVaScRiPt:alert(1)',
  'data:text/html,<script>alert(1)</script>',
  'vbscript:msgbox(1)',
  '//evil.example/x',
  '\\\\evil.example',
  '</title><script>alert(1)</script>',
  '</style><script>alert(1)</script>',
  '--><script>alert(1)</script>',
  'red;background:url(//evil.example)',
  'expression(alert(1))',
  '{{ payload }}{% for %}',
  '&lt;script&gt;',
  '`x`',
  '![x](javascript:alert(1))',
  '[x](javascript:alert(1))',
  '<https://evil.example>',
  'https://evil.example',
  '# heading\n\n- list\n> quote',
  '**bold** _it_ ~~no~~ | table |',
];

describe('values in HTML', () => {
  const PLACES = [
    '<p>{{ v }}</p>',
    '<p title="{{ v }}">x</p>',
    "<p title='a {{ v }}'>x</p>",
    '<a href="{{ v }}">x</a>',
    '<a href="https://a.example/{{ v }}?q={{ v }}#{{ v }}">x</a>',
    '<a href="{% if v %}{{ v }}{% else %}https://a.example{% endif %}">x</a>',
    '<img src="{{ v }}" alt="{{ v }}">',
    '<p style="color:{{ v }}">x</p>',
    '<style>p { color: {{ v }} }</style>',
    '<title>{{ v }}</title>',
    '<!-- {{ v }} -->',
    '<!--[if mso]><a href="{{ v }}">{{ v }}</a><![endif]-->',
    '{% capture c %}<b>{{ v }}</b>{% endcapture %}{{ c }}',
    '{% for w in list %}<li>{{ w }}</li>{% endfor %}',
    '{{ v | append: v | upcase }}',
    '{{ v | newline_to_br }}',
    '{{ v | escape }}',
    '{{ "k" | t: v: v }}',
    '{% assign w = v | prepend: "<b>" %}{{ w }}',
    '{% render "p", w: v %}',
    '<table><tr><td>{{ list | join: ", " }}</td></tr></table>',
  ];

  it.each(ATTACKS)('never lets %j become structure', async (attack) => {
    const { parseFragment } = await import('parse5');
    const parts = Object.fromEntries(PLACES.map((source, i) => [`p${i}`, { kind: 'html', source } as const]));
    const more = { partials: { p: { html: '<i>{{ w }}</i>' } }, messages: { en: { k: 'a {v} b' } } };
    const harmless = program(parts, more);
    const outputs = await engine.render(harmless, [
      input({ v: 'word', list: ['word'] }),
      input({ v: attack, list: [attack] }),
    ]);
    const [plain, attacked] = outputs.map((output) => {
      if (!output.ok) throw new Error(output.error.message);
      return output.parts;
    });
    for (const [i, source] of PLACES.entries()) {
      const shape = (html: string) => describeNodes(parseFragment(html));
      expect(shape(attacked?.[`p${i}`] ?? ''), source).toEqual(
        shape(
          (plain?.[`p${i}`] ?? '') +
            (source.includes('newline_to_br') ? '<br>\n'.repeat(attack.split('\n').length - 1) : ''),
        ),
      );
    }
  });

  it.each([
    ['<script>var a = "{{ v }}"</script>', 'a value cannot be placed into <script>'],
    ['<p onclick="{{ v }}">', 'a value cannot be placed into onclick'],
    ['<a href={{ v }}>', 'put quotes around the value of href'],
    ['<p {{ v }}>', 'a value cannot be placed into a tag'],
    ['<{{ v }}>', 'a value cannot be placed into a tag'],
    ['<p title="{% render "p" %}">', 'a partial cannot be placed into the value of title'],
    ['<p title="{{ v }}', 'the HTML ends inside the value of title'],
    ['{% if v %}<p title="{% endif %}{{ v }}">', 'the branches before {% endif %} end in different places of the HTML'],
  ])('refuses %s', (source, message) => {
    expect(engine.inspect({ kind: 'html', source }, 'body').errors.map((error) => error.message)).toContain(message);
  });
});

/** Names of elements and attributes, and where links lead: everything a value must not change. */
function describeNodes(node: object): unknown {
  const {
    tagName,
    nodeName,
    attrs,
    childNodes = [],
    content,
  } = node as {
    tagName?: string;
    nodeName: string;
    attrs?: { name: string; value: string }[];
    childNodes?: object[];
    content?: object;
  };
  const links = (attrs ?? []).map(({ name, value }) => {
    if (name !== 'href' && name !== 'src') return name;
    const url = new URL(value, 'https://here.example');
    // A whole address may be another https one; no other scheme, and not another host without saying so.
    return [name, /^https?:$/.test(url.protocol), /^https?:/i.test(value) || url.host === 'here.example'];
  });
  const children = [...childNodes, ...(content ? [content] : [])].map(describeNodes).filter((one) => one !== '#text');
  return tagName === undefined && childNodes.length === 0 ? nodeName : [nodeName, links, children];
}

describe('values in Markdown', () => {
  it.each(ATTACKS)('stay words: %j', async (attack) => {
    const { default: MarkdownIt } = await import('markdown-it');
    const markdown = new MarkdownIt({ html: false, linkify: true, breaks: true });
    const text = await one('markdown', 'Before {{ v }} after\n\n- {{ v }}\n\n`{{ v }}`', { v: attack });
    const html = markdown.render(String(text));
    expect(
      html
        .match(/<(?!\/)\w+/g)
        ?.filter((tag) => tag !== '<br')
        .sort(),
    ).toEqual(['<code', '<li', '<p', '<p', '<ul']);
  });

  it('keeps addresses inside the parentheses of their link', async () => {
    expect(await one('markdown', '[x]({{ v }})', { v: 'https://a.example/(x) y' })).toBe(
      '[x](https://a.example/%28x%29%20y)',
    );
    expect(await one('markdown', '[x]({{ v }})', { v: 'javascript:alert(1)' })).toBe('[x]()');
    expect(await one('markdown', '[x](https://a.example/{{ v }})', { v: '../b?c' })).toBe(
      '[x](https://a.example/..%2Fb%3Fc)',
    );
  });
});
