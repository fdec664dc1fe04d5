/** Name of the database inside the state folder. */
export const databaseName = "journal.db";
