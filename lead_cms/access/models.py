"""No tables: this file lets Django say when migrating is over, which is when the walls are applied."""
