import { useCan, useDevelopmentKey, useOwnDevelopmentKey } from '../session/use-session.ts';
import { SECTIONS, type Section, type SectionGroup } from './sections.ts';

/** The sections this member may open. */
export function useSections(): SectionGroup[] {
  const can = useCan();
  const isDevelopment = Boolean(useDevelopmentKey());
  const isOwn = useOwnDevelopmentKey() !== null;
  const isShown = ({ needs, development }: Section) =>
    (needs === undefined || can(needs)) &&
    (development === undefined || (development === 'own' ? isOwn : isDevelopment));
  return SECTIONS.map((group) => ({ ...group, sections: group.sections.filter(isShown) })).filter(
    (group) => group.sections.length > 0,
  );
}
