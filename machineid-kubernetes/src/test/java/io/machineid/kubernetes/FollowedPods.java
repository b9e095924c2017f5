package io.machineid.kubernetes;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** What an informer told of, against what was written. */
final class FollowedPods implements TortureClient.Pods {

  private final Set<String> written = ConcurrentHashMap.newKeySet();
  private final Set<String> removed = ConcurrentHashMap.newKeySet();
  private final Map<String, Integer> added = new ConcurrentHashMap<>();
  private final Map<String, Integer> deleted = new ConcurrentHashMap<>();

  void written(String name) {
    written.add(name);
  }

  void removed(String name) {
    removed.add(name);
  }

  @Override
  public void added(String name) {
    added.merge(name, 1, Integer::sum);
  }

  @Override
  public void deleted(String name) {
    deleted.merge(name, 1, Integer::sum);
  }

  boolean saw(String name) {
    return added.containsKey(name);
  }

  int writtenSoFar() {
    return written.size();
  }

  /** What was not told, or told more than once. */
  Set<String> gaps() {
    Set<String> gaps = ConcurrentHashMap.newKeySet();
    written.stream().filter(name -> added.getOrDefault(name, 0) != 1).forEach(gaps::add);
    removed.stream().filter(name -> deleted.getOrDefault(name, 0) != 1).forEach(gaps::add);
    return gaps;
  }
}
