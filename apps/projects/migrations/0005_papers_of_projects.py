from django.db import migrations


class Migration(migrations.Migration):
    """The documents' app lies below and knows no projects, so the foreign key of its key of scope is added here."""

    dependencies = [("projects", "0004_sorted_by_index"), ("documents", "0002_scope_and_wordings")]

    operations = [
        migrations.RunSQL(
            """
            ALTER TABLE documents_paper ADD CONSTRAINT paper_of_project
            FOREIGN KEY (project_id) REFERENCES projects_project (id)
            """,
            "ALTER TABLE documents_paper DROP CONSTRAINT paper_of_project",
        )
    ]
