import { usePushStream } from 'pushstream/vue';
import { createApp, defineComponent, h, ref } from 'vue';

type Events = { 'test.event': number };

const topic = ref('a');

const Reader = defineComponent({
  props: { id: { type: String, required: true } },
  setup(props) {
    const { state, on, latest } = usePushStream<Events>(() => ({ url: `/events?topic=${topic.value}` }));
    const sum = ref(0);
    on('test.event', (data) => {
      sum.value += data;
    });
    const newest = latest('test.event', 0);
    return () => h('p', { id: props.id }, `${state.value} ${newest.value} ${sum.value}`);
  },
});

const Page = defineComponent({
  setup() {
    const shown = ref(true);
    const toggle = () => {
      shown.value = !shown.value;
    };
    const turn = () => {
      topic.value = topic.value === 'a' ? 'b' : 'a';
    };
    return () => [
      h('button', { id: 'toggle', onClick: toggle }, 'Toggle'),
      h('button', { id: 'topic', onClick: turn }, 'Topic'),
      ...(shown.value ? [h(Reader, { id: 'one' }), h(Reader, { id: 'two' })] : []),
    ];
  },
});

const root = document.createElement('div');
document.body.append(root);
createApp(Page).mount(root);
