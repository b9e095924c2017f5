package io.machineid.testkit.internal.kubernetes;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;

/** What containers have printed, as tests say; those who follow get what is added. */
final class PodLogs {

  private record Container(String namespace, String pod, String name) {}

  private record Follower(Container container, KubernetesExchange.Channel channel) {}

  private final ReentrantLock lock = new ReentrantLock();
  private final Map<Container, StringBuilder> texts = new HashMap<>();
  private final List<Follower> followers = new CopyOnWriteArrayList<>();

  void append(String namespace, String pod, String container, String text) {
    Container key = new Container(namespace, pod, container);
    List<Follower> readers = new ArrayList<>();
    lock.lock();
    try {
      texts.computeIfAbsent(key, k -> new StringBuilder()).append(text);
      followers.stream().filter(f -> f.container.equals(key)).forEach(readers::add);
    } finally {
      lock.unlock();
    }
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    readers.forEach(follower -> follower.channel.write(bytes));
  }

  void answer(ApiRequest request, Target target, String container) {
    Container key = new Container(target.namespace(), target.name(), container);
    if (!request.flag("follow")) {
      Answers.text(request, 200, cut(request, text(key)));
      return;
    }
    KubernetesExchange.Channel channel =
        request.exchange().stream(200, Answers.headers("text/plain"));
    Follower follower = new Follower(key, channel);
    String sofar;
    lock.lock();
    try {
      sofar = text(key);
      followers.add(follower);
    } finally {
      lock.unlock();
    }
    channel.onClose(() -> followers.remove(follower));
    channel.write(cut(request, sofar).getBytes(StandardCharsets.UTF_8));
  }

  private String text(Container key) {
    lock.lock();
    try {
      StringBuilder text = texts.get(key);
      return text == null ? "" : text.toString();
    } finally {
      lock.unlock();
    }
  }

  /** Ends the streams of a pod that is gone, and forgets what it printed. */
  void end(String namespace, String pod) {
    lock.lock();
    try {
      texts.keySet().removeIf(key -> key.namespace.equals(namespace) && key.pod.equals(pod));
    } finally {
      lock.unlock();
    }
    for (Follower follower : followers) {
      Container key = follower.container;
      if (key.namespace.equals(namespace) && key.pod.equals(pod)) {
        follower.channel.close();
      }
    }
  }

  private static String cut(ApiRequest request, String text) {
    long tail = request.number("tailLines", -1);
    String shown = text;
    if (tail >= 0) {
      List<String> lines = text.lines().toList();
      List<String> last = lines.subList((int) Math.max(0, lines.size() - tail), lines.size());
      shown = last.isEmpty() ? "" : String.join("\n", last) + "\n";
    }
    long limit = request.number("limitBytes", Long.MAX_VALUE);
    byte[] bytes = shown.getBytes(StandardCharsets.UTF_8);
    return bytes.length <= limit
        ? shown
        : new String(bytes, 0, (int) limit, StandardCharsets.UTF_8);
  }
}
