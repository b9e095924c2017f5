package io.machineid.destination;

import io.machineid.DestinationException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.nio.file.attribute.UserPrincipalNotFoundException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * Makes a directory ready for a bot that runs as another user. Not for use while a bot writes
 * there. Symbolic links are never followed; immutable and thread-safe.
 */
public final class DirectorySetup {

  private final DirectoryDestination destination;
  private final AclPrograms programs;

  /**
   * Names the directory.
   *
   * @param destination the directory; nothing is done yet
   */
  public DirectorySetup(DirectoryDestination destination) {
    this(destination, new AclPrograms(AclPrograms.SYSTEM));
  }

  DirectorySetup(DirectoryDestination destination, AclPrograms programs) {
    this.destination = Objects.requireNonNull(destination, "destination");
    this.programs = programs;
  }

  /**
   * Makes the directory, where there is none, and proves that it takes files. Blocks.
   *
   * @return whether it was missing
   * @throws DestinationException when it cannot be made or written to
   */
  public boolean create() {
    boolean missing = !Files.exists(destination.path(), LinkOption.NOFOLLOW_LINKS);
    destination.prepare();
    return missing;
  }

  /**
   * Removes the files that have other names than these; directories stay. Blocks.
   *
   * @param names what to keep
   * @return what was removed
   * @throws DestinationException when something cannot be removed
   */
  public List<String> removeAllBut(Set<String> names) {
    List<String> removed = new ArrayList<>();
    try (OpenDirectory directory = open()) {
      for (String name : directory.names()) {
        Optional<BasicFileAttributes> there = directory.attributes(name);
        if (!names.contains(name) && there.isPresent() && !there.get().isDirectory()) {
          directory.delete(name);
          removed.add(name);
        }
      }
    } catch (IOException e) {
      throw DirectoryErrors.explain("clean", destination.path(), e);
    }
    return List.copyOf(removed);
  }

  /**
   * Gives the directory, with mode 0700, and the files in it, with mode 0600, to a user. What is no
   * plain file, and a file that has a second name (a hard link), is left as it is. Blocks.
   *
   * @param user the user's name
   * @param group the group's name, or empty to leave groups as they are
   * @return the names of what was left
   * @throws DestinationException when there is no such user or group, or this process may not
   */
  public List<String> giveTo(String user, Optional<String> group) {
    return giveTo(user, group, () -> {});
  }

  /**
   * The same, with something to do while modes are set and the new owner cannot reach the files
   * yet, such as {@link #allow}. Blocks.
   *
   * @param user the user's name
   * @param group the group's name, or empty to leave groups as they are
   * @param between what to do; where it throws, no owner is changed
   * @return the names of what was left
   * @throws DestinationException when there is no such user or group, or this process may not
   */
  public List<String> giveTo(String user, Optional<String> group, Runnable between) {
    List<String> left = new ArrayList<>();
    List<String> given = new ArrayList<>();
    try (OpenDirectory directory = open()) {
      Owner owner = owner(user, group);
      for (String name : directory.names()) {
        if (isOrdinary(directory, name)) {
          directory.owner(name).setPermissions(PosixFilePermissions.fromString("rw-------"));
          given.add(name);
        } else {
          left.add(name);
        }
      }
      directory.owner().setPermissions(PosixFilePermissions.fromString("rwx------"));
      between.run();
      for (String name : given) {
        if (isOrdinary(directory, name)) {
          owner.set(directory.owner(name));
        } else {
          left.add(name);
        }
      }
      owner.set(directory.owner());
    } catch (IOException e) {
      throw DirectoryErrors.explain("change the owner of", destination.path(), e);
    }
    return List.copyOf(left);
  }

  /**
   * Lets a bot write there that is not the owner, and readers read, by POSIX access control lists
   * on the directory, on the ordinary files in it, and on those to come. To be called after modes
   * were changed, which would take the lists' rights away, and before the directory is given to
   * somebody: see {@link #giveTo(String, Optional, Runnable)}. Runs the system's {@code setfacl};
   * blocks.
   *
   * @param bot the user that the bot runs as
   * @param readers who may read; may be empty
   * @throws DestinationException when there is no such program or user, the file system has no such
   *     lists, or this process may not
   */
  public void allow(String bot, List<AccessList.Reader> readers) {
    try (OpenDirectory directory = open()) {
      List<Path> files = new ArrayList<>();
      for (String name : directory.names()) {
        if (isOrdinary(directory, name)) {
          files.add(destination.path().resolve(name));
        }
      }
      AccessList.Reader writer = new AccessList.Reader(AccessList.Kind.USER, bot);
      DirectoryAccess.allow(programs, destination.path(), files, writer, readers);
    } catch (IOException e) {
      throw DirectoryErrors.noAccessList(destination.path(), e);
    }
  }

  private OpenDirectory open() throws IOException {
    return OpenDirectory.open(destination.path(), destination.symlinks());
  }

  private boolean isOrdinary(OpenDirectory directory, String name) throws IOException {
    Path file = destination.path().resolve(name);
    return directory.attributes(name).filter(BasicFileAttributes::isRegularFile).isPresent()
        && Files.getAttribute(file, "unix:nlink", LinkOption.NOFOLLOW_LINKS)
            instanceof Integer links
        && links == 1;
  }

  private record Owner(UserPrincipal user, Optional<GroupPrincipal> group) {

    void set(PosixFileAttributeView view) throws IOException {
      if (group.isPresent()) {
        view.setGroup(group.get());
      }
      view.setOwner(user);
    }
  }

  private Owner owner(String user, Optional<String> group) throws IOException {
    UserPrincipalLookupService names =
        destination.path().getFileSystem().getUserPrincipalLookupService();
    UserPrincipal owner = known(user, names::lookupPrincipalByName);
    return group.isEmpty()
        ? new Owner(owner, Optional.empty())
        : new Owner(owner, Optional.of(known(group.get(), names::lookupPrincipalByGroupName)));
  }

  private interface Lookup<P> {
    P named(String name) throws IOException;
  }

  private static <P> P known(String name, Lookup<P> lookup) throws IOException {
    try {
      return lookup.named(name);
    } catch (UserPrincipalNotFoundException e) {
      throw new DestinationException(
          "there is no user or group \"" + name + "\" on this machine", e);
    }
  }
}
