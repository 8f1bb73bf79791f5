import type { Block, SimpleBlock } from '@pulsestack/core';
import { FONT, STYLES, TONES } from './look.ts';
import { button, inlineMarkdownToHtml, markdownToHtml } from './markdown.ts';
import { escapeAround } from './protect.ts';

/** Blocks as HTML with Liquid, to be put into a layout. */
export function blocksToHtml(blocks: readonly Block[]): string {
  return blocks.map((block) => conditional(block, blockToHtml(block))).join('\n');
}

/** Blocks as plain text with Liquid. */
export function blocksToText(blocks: readonly Block[]): string {
  return blocks.map((block) => conditional(block, `${blockToText(block)}\n\n`)).join('');
}

function conditional(block: { if?: string | undefined }, rendered: string): string {
  if (block.if === undefined) return rendered;
  // An empty list is nothing, too.
  return `{% if ${block.if} and ${block.if} != empty %}${rendered}{% endif %}`;
}

function blockToHtml(block: Block): string {
  switch (block.type) {
    case 'heading': {
      const { css, name } = STYLES[`h${block.level}` as 'h1' | 'h2' | 'h3'];
      return `<h${block.level} class="${name}" style="${css}${aligned(block.align)}">${escapeAround(block.text)}</h${block.level}>`;
    }
    case 'text': {
      const html = markdownToHtml(block.markdown);
      const styled = block.muted ? html.replaceAll(attributes(STYLES.paragraph), attributes(STYLES.muted)) : html;
      return block.align ? `<div style="text-align:${block.align}">${styled}</div>` : styled;
    }
    case 'button':
      return button(escapeAround(block.link), escapeAround(block.label), block.style, block.align);
    case 'image': {
      const width = block.width ? ` width="${block.width}"` : '';
      const margin = block.align === 'center' ? 'margin:0 auto 20px' : 'margin:0 0 20px';
      const image = `<img src="${escapeAround(block.src)}" alt="${escapeAround(block.alt)}"${width} style="${STYLES.image.css};${margin}">`;
      return block.link ? `<a href="${escapeAround(block.link)}">${image}</a>` : image;
    }
    case 'divider':
      return `<hr class="${STYLES.rule.name}" style="${STYLES.rule.css}">`;
    case 'spacer':
      return `<div style="height:${block.height}px;line-height:${block.height}px;font-size:1px" aria-hidden="true">&nbsp;</div>`;
    case 'notice': {
      const tone = TONES[block.tone];
      const inside = markdownToHtml(block.markdown).replaceAll(
        attributes(STYLES.paragraph),
        `style="margin:0;font-size:15px;line-height:23px;color:${tone.ink}"`,
      );
      return `<table role="presentation" width="100%" border="0" cellpadding="0" cellspacing="0" style="margin:0 0 20px;border-collapse:separate"><tr><td class="ps-${block.tone}-box" style="padding:14px 18px;border-radius:8px;border-inline-start:4px solid ${tone.bar};background:${tone.ground};color:${tone.ink}">${inside}</td></tr></table>`;
    }
    case 'code':
      return `<pre ${attributes(STYLES.pre)}>${escapeAround(block.text)}</pre>`;
    case 'facts': {
      const rows = block.rows.map(
        ({ label, value }) =>
          `<tr><td class="${STYLES.label.name} ps-line" style="padding:9px 16px 9px 0;border-bottom:1px solid #e4e4e7;vertical-align:top;white-space:nowrap;${STYLES.label.css}">${escapeAround(label)}</td><td class="${STYLES.value.name} ps-line" style="padding:9px 0;border-bottom:1px solid #e4e4e7;width:100%;${STYLES.value.css}">${inlineMarkdownToHtml(value)}</td></tr>`,
      );
      return `<table width="100%" border="0" cellpadding="0" cellspacing="0" style="margin:0 0 24px;border-collapse:collapse;font-family:${FONT}">${rows.join('')}</table>`;
    }
    case 'meter': {
      const { bar } = TONES[block.tone];
      const label = block.label ? `<p ${attributes(STYLES.muted)}>${escapeAround(block.label)}</p>` : '';
      return `<table role="presentation" width="100%" border="0" cellpadding="0" cellspacing="0" class="ps-track" style="margin:0 0 10px;border-collapse:separate;background:#e4e4e7;border-radius:6px"><tr><td><table role="presentation" border="0" cellpadding="0" cellspacing="0" width="${escapeAround(block.percent)}%" style="width:${escapeAround(block.percent)}%;max-width:100%;border-collapse:separate"><tr><td height="10" style="height:10px;line-height:10px;font-size:1px;background:${bar};border-radius:6px">&nbsp;</td></tr></table></td></tr></table>${label}`;
    }
    case 'list':
      return listToHtml(block);
    case 'html':
      return block.html;
    case 'columns': {
      const percent = Math.floor(100 / block.columns.length);
      const width = Math.floor(520 / block.columns.length);
      const columns = block.columns.map(
        (blocks) =>
          `<!--[if mso]><td width="${width}" valign="top"><![endif]--><div class="ps-column" style="display:inline-block;vertical-align:top;width:${percent}%;max-width:${percent}%;font-size:16px"><div style="padding-inline-end:16px">${blocksToHtml(blocks)}</div></div><!--[if mso]></td><![endif]-->`,
      );
      // No blank between them: inline blocks would not fit beside each other.
      return `<div style="font-size:0;margin:0 0 8px"><!--[if mso]><table role="presentation" width="100%"><tr><![endif]-->${columns.join('')}<!--[if mso]></tr></table><![endif]--></div>`;
    }
  }
}

function listToHtml(block: SimpleBlock & { type: 'list' }): string {
  const title = escapeAround(block.title);
  const linked = block.link
    ? `<a href="${escapeAround(block.link)}" class="ps-link" style="color:@@link@@;text-decoration:none;font-weight:600">${title}</a>`
    : `<span class="ps-ink" style="color:#18181b;font-weight:600">${title}</span>`;
  const body = block.markdown
    ? `<div>${markdownToHtml(block.markdown).replaceAll(attributes(STYLES.paragraph), `class="ps-ink" style="margin:4px 0 0;font-size:15px;line-height:23px;color:#3f3f46"`)}</div>`
    : '';
  const meta = block.meta
    ? `<div class="ps-muted" style="margin-top:4px;font-size:13px;line-height:18px;color:#63636b">${escapeAround(block.meta)}</div>`
    : '';
  return `<table role="presentation" width="100%" border="0" cellpadding="0" cellspacing="0" style="margin:0 0 20px;border-collapse:collapse;font-family:${FONT}">{% for ${block.as} in ${block.over} limit: ${block.max} %}<tr><td class="ps-line" style="padding:14px 0;border-bottom:1px solid #e4e4e7;font-size:15px;line-height:22px">${linked}${meta}${body}</td></tr>{% endfor %}${moreOf(block, (text) => `<tr><td class="ps-muted" style="padding:14px 0 0;font-size:14px;line-height:20px;color:#63636b">${text}</td></tr>`)}</table>`;
}

function moreOf(block: SimpleBlock & { type: 'list' }, show: (text: string) => string): string {
  return `{% if ${block.over}.size > ${block.max} %}{% assign more = ${block.over}.size | minus: ${block.max} %}${show(`{{ 'ps.more' | t: n: more }}`)}{% endif %}`;
}

function blockToText(block: Block): string {
  switch (block.type) {
    case 'heading':
      return block.text;
    case 'text':
    case 'notice':
      return plainMarkdown(block.markdown);
    case 'button':
      return `${block.label}:\n${block.link}`;
    case 'image':
    case 'divider':
    case 'spacer':
    case 'html':
      return '';
    case 'code':
      return block.text;
    case 'facts':
      return block.rows.map(({ label, value }) => `${label}: ${plainMarkdown(value)}`).join('\n');
    case 'meter':
      return block.label ?? '';
    case 'list': {
      const lines = [`- ${block.title}`];
      if (block.meta) lines.push(`  ${block.meta}`);
      if (block.markdown) lines.push(`  ${plainMarkdown(block.markdown)}`);
      if (block.link) lines.push(`  ${block.link}`);
      return `{% for ${block.as} in ${block.over} limit: ${block.max} %}${lines.join('\n')}\n{% endfor %}${moreOf(block, (text) => text)}`;
    }
    case 'columns':
      return block.columns.map(blocksToText).join('');
  }
}

/** Markdown as a person would write it in a plain mail: emphasis goes, addresses stay. */
export function plainMarkdown(markdown: string): string {
  return markdown
    .replace(/!\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/\[([^\]]+)\]\(([^)]+)\)/g, (_all, label: string, address: string) =>
      label === address ? label : `${label} (${address})`,
    )
    .replace(/(\*\*|__)(?=\S)([^\n]{0,500}?\S)\1/g, '$2')
    .replace(/(?<!\w)\*(?=\S)([^*\n]{0,500}?\S)\*(?!\w)/g, '$1')
    .replace(/`([^`\n]+)`/g, '$1')
    .replace(/^#{1,6}\s+/gm, '');
}

function attributes({ css, name }: { css: string; name: string }): string {
  return name ? `class="${name}" style="${css}"` : `style="${css}"`;
}

function aligned(align: string | undefined): string {
  return align ? `;text-align:${align}` : '';
}
