// Fields of one zone, as date and place on a stamp: they follow each other, and the picture stays.

export function isSameZone(one, other) {
  return Boolean(one && other && one.zone === other.zone);
}

/** Take what comes next out of the tasks at hand: what stands in the zone that is shown, else the first; or null. */
export function takeNext(ahead, current) {
  const place = Math.max(0, ahead.findIndex((task) => isSameZone(task, current)));
  return ahead.splice(place, 1)[0] || null;
}

/** Take all that stands in the zone of a task out of the tasks at hand. */
export function takeRest(ahead, task) {
  const rest = ahead.filter((one) => isSameZone(one, task));
  for (const one of rest) ahead.splice(ahead.indexOf(one), 1);
  return rest;
}
