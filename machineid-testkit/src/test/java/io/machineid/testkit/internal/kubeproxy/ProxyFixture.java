package io.machineid.testkit.internal.kubeproxy;

import io.machineid.testkit.internal.kubernetes.KubernetesBackend;
import io.machineid.testkit.internal.pki.TlsIdentity;
import io.machineid.testkit.internal.role.Role;
import io.machineid.testkit.internal.role.RoleFile;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolNegotiationHandler;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLPeerUnverifiedException;

/** A proxy on a loopback port, with a stub behind it and clients in front. */
final class ProxyFixture implements AutoCloseable {

  static final String CLUSTER = "example-k8s-cluster";

  static final String ROLES =
      """
      {kind: role, version: v7, metadata: {name: ok}, spec: {allow: {
        kubernetes_labels: {'*': '*'}, kubernetes_groups: [editor]}}}
      ---
      {kind: role, version: v7, metadata: {name: narrow}, spec: {allow: {
        kubernetes_labels: {'*': '*'}, kubernetes_groups: [editor], kubernetes_resources: [
          {kind: pod, namespace: default, name: ok-*, verbs: [get, list]}]}}}
      ---
      {kind: role, version: v7, metadata: {name: watcher}, spec: {allow: {
        kubernetes_labels: {'*': '*'}, kubernetes_groups: [editor], kubernetes_resources: [
          {kind: pod, namespace: default, name: ok-*, verbs: [watch, deletecollection]}]}}}
      ---
      {kind: role, version: v7, metadata: {name: nogroups}, spec: {allow: {kubernetes_labels: {'*': '*'}}}}
      ---
      {kind: role, version: v7, metadata: {name: agent}, spec: {allow: {
        kubernetes_labels: {'*': '*'}, kubernetes_groups: [editor], kubernetes_users: [bot-ok, bot-agent]}}}
      ---
      {kind: role, version: v7, metadata: {name: users}, spec: {allow: {
        kubernetes_labels: {'*': '*'}, kubernetes_users: [alice, bob]}}}
      ---
      {kind: role, version: v7, metadata: {name: noverbs}, spec: {allow: {
        kubernetes_labels: {'*': '*'}, kubernetes_groups: [editor],
        kubernetes_resources: [{kind: '*', namespace: '*', name: '*'}]}}}
      """;

  final Certs certs = new Certs();
  final StubBackend backend = new StubBackend();
  final Set<String> locked = ConcurrentHashMap.newKeySet();
  final List<RequestListener.Request> requests = new CopyOnWriteArrayList<>();
  final KubeProxy proxy;
  private final EventLoopGroup group = new NioEventLoopGroup(2);
  private final Channel server;

  ProxyFixture() {
    this(KubeProxy.Options.standard());
  }

  ProxyFixture(KubeProxy.Options options) {
    this(options, Optional.empty());
  }

  ProxyFixture(KubernetesBackend backend) {
    this(KubeProxy.Options.standard(), Optional.of(backend));
  }

  private ProxyFixture(KubeProxy.Options options, Optional<KubernetesBackend> real) {
    KubeProxy.Access access = access(real.orElse(backend));
    proxy =
        new KubeProxy(
            access,
            InstantSource.system(),
            options.listener((request, arrived) -> requests.add(request)));
    server = listen();
  }

  private KubeProxy.Access access(KubernetesBackend behind) {
    List<Role> roles = RoleFile.parse(ROLES).stream().map(RoleFile.Parsed::role).toList();
    KubeProxy.Target target = new KubeProxy.Target(CLUSTER, Map.of("env", "dev"), behind);
    return new KubeProxy.Access() {
      @Override
      public Optional<Role> role(String name) {
        return roles.stream().filter(role -> role.name().equals(name)).findFirst();
      }

      @Override
      public boolean locked(String user) {
        return locked.contains(user);
      }

      @Override
      public Optional<KubeProxy.Target> kubernetesCluster(String name) {
        return Optional.of(target).filter(t -> t.name().equals(name));
      }
    };
  }

  private Channel listen() {
    try {
      SslContext tls = tls();
      return new ServerBootstrap()
          .group(group)
          .channel(NioServerSocketChannel.class)
          .childHandler(
              new ChannelInitializer<>() {
                @Override
                protected void initChannel(Channel channel) {
                  channel.pipeline().addLast(tls.newHandler(channel.alloc()), new Install());
                }
              })
          .bind(InetAddress.getLoopbackAddress(), 0)
          .sync()
          .channel();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private SslContext tls() throws Exception {
    Certs.Holder holder = certs.server();
    return SslContextBuilder.forServer(holder.key(), holder.chain())
        .sslProvider(SslProvider.JDK)
        .trustManager(certs.authority)
        .clientAuth(ClientAuth.OPTIONAL)
        .applicationProtocolConfig(
            new ApplicationProtocolConfig(
                Protocol.ALPN,
                SelectorFailureBehavior.NO_ADVERTISE,
                SelectedListenerFailureBehavior.ACCEPT,
                "h2",
                "http/1.1"))
        .build();
  }

  private final class Install extends ApplicationProtocolNegotiationHandler {

    Install() {
      super("");
    }

    @Override
    protected void configurePipeline(ChannelHandlerContext ctx, String protocol) {
      proxy.install(ctx.pipeline(), protocol, peer(ctx.pipeline().get(SslHandler.class)));
    }

    private List<X509Certificate> peer(SslHandler tls) {
      try {
        return Arrays.stream(tls.engine().getSession().getPeerCertificates())
            .map(X509Certificate.class::cast)
            .toList();
      } catch (SSLPeerUnverifiedException e) {
        return List.of();
      }
    }
  }

  int port() {
    return ((InetSocketAddress) server.localAddress()).getPort();
  }

  Certs.Holder bot(String user, String role) {
    return certs.client(Certs.identity(user, role, Optional.of(CLUSTER)));
  }

  Certs.Holder bot(TlsIdentity identity) {
    return certs.client(identity);
  }

  HttpClient client(HttpClient.Version version, Optional<Certs.Holder> holder) {
    try {
      return HttpClient.newBuilder().version(version).sslContext(certs.context(holder)).build();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("https://localhost:" + port() + path))
        .timeout(Duration.ofSeconds(60));
  }

  @Override
  public void close() {
    proxy.close();
    server.close().syncUninterruptibly();
    group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
  }
}
