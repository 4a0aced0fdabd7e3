package dev.threadwright.http;

import dev.threadwright.testing.EmbeddedServersResource;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;

/** Of a server that seals what it stores. */
@QuarkusTest
@TestProfile(SealedServer.class)
@WithTestResource(EmbeddedServersResource.class)
class DeadLettersOverHttpSealedTest extends DeadLettersContract {}
