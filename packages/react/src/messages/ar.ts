import type { Messages } from './messages.ts';

const plural = new Intl.PluralRules('ar');

function counted(count: number, forms: Record<'one' | 'two' | 'few' | 'many' | 'other', string>): string {
  const form = plural.select(count);
  return form === 'zero'
    ? `${count} ${forms.other}`
    : form === 'one' || form === 'two'
      ? forms[form]
      : `${count} ${forms[form]}`;
}

const unreadOf = (count: number) =>
  counted(count, {
    one: 'إشعار واحد غير مقروء',
    two: 'إشعاران غير مقروءين',
    few: 'إشعارات غير مقروءة',
    many: 'إشعارًا غير مقروء',
    other: 'إشعار غير مقروء',
  });
const newOf = (count: number) =>
  counted(count, {
    one: 'إشعار جديد',
    two: 'إشعاران جديدان',
    few: 'إشعارات جديدة',
    many: 'إشعارًا جديدًا',
    other: 'إشعار جديد',
  });

export const ar: Messages = {
  locale: 'ar',
  direction: 'rtl',
  title: 'الإشعارات',
  bell: (unread) => (unread === 0 ? 'الإشعارات' : `الإشعارات، ${unreadOf(unread)}`),
  tabs: { active: 'الكل', unread: 'غير مقروءة', archived: 'المؤرشفة' },
  search: 'بحث',
  searchPlaceholder: 'البحث في الإشعارات',
  closeSearch: 'إغلاق البحث',
  categories: 'الفئات',
  markAllRead: 'تحديد الكل كمقروء',
  markRead: 'تحديد كمقروء',
  markUnread: 'تحديد كغير مقروء',
  archive: 'أرشفة',
  unarchive: 'نقل إلى الوارد',
  snooze: 'تأجيل',
  delete: 'حذف',
  more: 'إجراءات أخرى',
  urgent: 'عاجل',
  unread: 'غير مقروء',
  presets: { hour: 'بعد ساعة', evening: 'هذا المساء', morning: 'صباح الغد', week: 'الأسبوع القادم' },
  showNew: newOf,
  loadMore: 'تحميل المزيد',
  loading: 'جارٍ تحميل الإشعارات',
  empty: {
    active: { title: 'لا جديد لديك', text: 'تظهر الإشعارات الجديدة هنا فور وصولها.' },
    unread: { title: 'لا شيء غير مقروء', text: 'ما قرأته يبقى تحت «الكل».' },
    archived: { title: 'لا شيء مؤرشف', text: 'أرشف إشعارًا لإبعاده عن طريقك.' },
    search: { title: 'لا نتائج', text: 'جرّب كلمات أخرى أو ابحث في «الكل».' },
  },
  failed: { title: 'تعذّر تحميل الإشعارات', text: 'لم يُفقد شيء. تحقّق من الاتصال وحاول مجددًا.', retry: 'إعادة المحاولة' },
  offline: 'غير متصل. قد يكون المعروض قديمًا.',
  done: {
    archived: 'تمت الأرشفة',
    unarchived: 'نُقل إلى الوارد',
    snoozed: 'تم التأجيل',
    deleted: 'تم الحذف',
    allRead: 'تم تحديد الكل كمقروء',
  },
  undo: 'تراجع',
  undone: 'تم التراجع',
  refused: 'لم ينجح ذلك وتم التراجع عنه',
  dismiss: 'إغلاق',
  toasts: 'إشعارات جديدة',
  arrived: (count, title) => (count === 1 ? `إشعار جديد: ${title}` : newOf(count)),
  sound: 'الصوت',
  soundOn: 'الصوت مفعّل',
  soundOff: 'الصوت مغلق',
  preferences: {
    title: 'تفضيلات الإشعارات',
    text: 'اختر ما يصلك وكيف يصلك. تُحفظ التغييرات فورًا.',
    loading: 'جارٍ تحميل التفضيلات',
    failed: 'تعذّر الحفظ وتم التراجع عن التغيير.',
    saving: 'جارٍ الحفظ…',
    saved: 'تم الحفظ',
    channels: {
      in_app: 'صندوق الوارد',
      email: 'البريد الإلكتروني',
      sms: 'الرسائل القصيرة',
      push: 'الإشعارات الفورية',
      whatsapp: 'واتساب',
      chat: 'الدردشة',
      webhook: 'Webhook',
    },
    alwaysOn: 'مفعّل دائمًا',
    alwaysOff: 'غير متاح',
    frequency: 'كم مرة',
    cadences: { instant: 'فورًا', hourly: 'كل ساعة', daily: 'كل يوم', weekly: 'كل أسبوع' },
    time: 'الوقت',
    day: 'اليوم',
    pause: 'إيقاف مؤقت',
    pauses: { none: 'لا', day: 'ليوم واحد', week: 'لأسبوع', month: 'لشهر' },
    pausedUntil: (date) => `حتى ${date}`,
    consent: 'أوافق على تلقي هذه الرسائل',
    quietHours: 'ساعات الهدوء',
    quietHoursHelp: (zone) => `حسب توقيت ${zone}. تصل الرسائل العاجلة على أي حال.`,
    from: 'من',
    until: 'إلى',
    severalWindows: 'لديك عدة فترات هدوء.',
    everything: 'الكل',
    everythingOff: 'إيقاف كل ما لم يُختر على وجه التحديد',
  },
};
