package dev.threadwright.journal;

class InMemoryJournalTest extends JournalContract {

    private final Journal journal = new InMemoryJournal();

    @Override
    Journal journal() {
        return journal;
    }

    @Override
    Journal another() {
        return journal;
    }
}
