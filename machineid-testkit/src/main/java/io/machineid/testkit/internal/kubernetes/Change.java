package io.machineid.testkit.internal.kubernetes;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

/**
 * One step in the life of a store. The objects are never changed any more.
 *
 * @param version the store's version after it
 * @param type what kind of object changed
 * @param object the object after the change; of a deletion, its last form with the version of the
 *     deletion
 * @param previous the object before the change; null where it is new
 * @param deleted whether it is gone
 */
record Change(
    long version,
    ResourceType type,
    ObjectNode object,
    @Nullable ObjectNode previous,
    boolean deleted) {}
