package dev.threadwright.http;

import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;

/** As its parent, of a server that seals what it stores. */
@QuarkusTest
@TestProfile(SealedServer.class)
class DeadLettersOverHttpSealedTest extends DeadLettersOverHttpTest {}
