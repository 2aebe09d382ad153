"""Every component renders, refuses what it does not know, and needs neither database nor request."""

import re
from datetime import UTC, date, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace

import pytest
import time_machine
from django import forms
from django.conf import settings
from django.template import TemplateSyntaxError, engines
from django.utils import timezone
from django.utils.safestring import SafeString

from lead_cms.core import crispy
from lead_cms.core.templatetags import ui

# A Friday, 2:32 pm in San Francisco.
NOW = datetime(2026, 10, 16, 21, 32, tzinfo=UTC)
TODAY = date(2026, 10, 16)


@pytest.fixture(autouse=True)
def friday_in_san_francisco():
    with time_machine.travel(NOW, tick=False), timezone.override("America/Los_Angeles"):
        yield


def render(source, **context):
    return engines["django"].from_string(source).render(context)


def words(html):
    """What a person reads, without marks."""
    said = []
    parser = HTMLParser()
    parser.handle_data = said.append
    parser.feed(html)
    return " ".join(" ".join(said).split())


class AskForm(forms.Form):
    door = forms.ChoiceField(
        label="Which door?", widget=forms.RadioSelect, choices=[("a", "Arrest"), ("s", "Social contact")]
    )
    name = forms.CharField(label="Name", help_text="As they say it")
    at = forms.SplitDateTimeField(label="When was that?", widget=crispy.DayAndTime)
    needs = forms.MultipleChoiceField(
        label="What helps", required=False, widget=forms.CheckboxSelectMultiple, choices=[("h", "Housing")]
    )
    unknown = forms.BooleanField(label="Name not known", required=False)
    language = forms.ChoiceField(label="Language", choices=[(str(n), f"Language {n}") for n in range(8)])
    note = forms.CharField(label="Note", required=False, widget=forms.Textarea)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = crispy.helper(
            crispy.Choice("door"),
            crispy.Section(
                "The person", crispy.Short("name"), "at", crispy.StackedChoice("needs"), "unknown", "language"
            ),
            "note",
            submit="Send",
        )


REFUSED = [
    '{% icon "rocket" %}',
    '{% button "Save" kind="loud" %}',
    '{% button "Save" type="reset" %}',
    '{% button "Save" icon="rocket" %}',
    '{% button "Save" color="red" %}',
    '{% post_button "Go" "/x" kind="loud" %}',
    '{% call "4155550142" kind="loud" %}',
    '{% badge "Sent" tone="purple" %}',
    '{% due none of="window" %}',
    '{% next_step label="Next" title="Go" level=5 %}{% endnext_step %}',
    '{% panel title="P" level=1 %}{% endpanel %}',
    '{% notice title="N" tone="purple" %}{% endnotice %}',
    '{% notice title="N" role="banner" %}{% endnotice %}',
    '{% notice title="N" icon="rocket" %}{% endnotice %}',
    '{% empty title="E" level=1 %}{% endempty %}',
    "{% work_list items %}",
    "{% task_list items %}",
    "{% facts items %}",
    "{% timeline items %}",
    '{% rule "Under 18" tone="purple" %}',
    '{% steps "ab" current=3 %}',
    '{% stat 1 "One" says="of one" level=1 %}',
    '{% part2_notice "x" level=1 %}',
    "{% clock window %}",
    '{% table columns rows caption="C" %}',
]


@pytest.mark.parametrize("source", REFUSED)
def test_an_unknown_option_is_refused(source):
    context = {
        "none": None,
        "items": [{"title": "T", "label": "L", "colour": "red"}],
        "window": {"started_on": TODAY},
        "columns": [{"label": "A", "width": 3}],
        "rows": [],
    }
    with pytest.raises(TemplateSyntaxError):
        render(source, **context)


def test_items_may_be_objects_and_a_missing_key_is_refused():
    assert "Intake" in render("{% task_list items %}", items=[SimpleNamespace(label="Intake", other=1)])
    with pytest.raises(TemplateSyntaxError):
        render("{% task_list items %}", items=[SimpleNamespace(other=1)])
    with pytest.raises(TemplateSyntaxError):
        render("{% task_list items %}", items=[{"label": "L", "tone": "purple"}])


def test_every_component_says_how_to_use_it_in_python_and_in_its_template():
    folder = Path(settings.BASE_DIR) / "templates" / "components"
    for name in ui.register.tags:
        template = folder / f"{name}.html"
        for text in [getattr(ui, name).__doc__, *([template.read_text()] if template.exists() else [])]:
            assert f"{{% {name} " in text, name


def test_no_template_carries_an_inline_script_style_or_handler():
    for file in (Path(settings.BASE_DIR) / "templates").rglob("*.html"):
        text = file.read_text()
        assert "style=" not in text and "<style" not in text and "javascript:" not in text, file
        assert " onclick=" not in text and " onsubmit=" not in text and "<script>" not in text, file


def test_every_icon_is_in_the_sprite():
    sprite = (Path(settings.BASE_DIR) / "static" / "icons.svg").read_text()
    assert all(f'<symbol id="{name}"' in sprite for name in ui.ICONS)
    assert 'aria-hidden="true"' in render('{% icon "phone" %}')


def test_text_is_escaped_everywhere():
    bad = "<b>x</b>"
    html = render(
        "{% badge bad %}{% button bad about=bad href=bad %}{% call bad label=bad %}{% due none note=bad %}"
        "{% work_list work label=bad %}{% task_list tasks %}{% facts facts %}"
        "{% rule bad so=bad source=bad answer=bad %}"
        "{% table columns rows caption=bad %}{% pager bad bad says=bad %}{% timeline events %}"
        "{% stat bad bad says=bad %}"
        "{% steps texts current=1 %}{% part2_notice bad title=bad consent_url=bad %}{% time now text=bad %}"
        "{% notice title=bad %}{{ bad }}{% endnotice %}{% panel title=bad %}{{ bad }}{% endpanel %}"
        "{% next_step label=bad title=bad %}{{ bad }}{% endnext_step %}{% empty title=bad %}{{ bad }}{% endempty %}"
        "{% form_actions %}{{ bad }}{% endform_actions %}{{ bad|phone }}{{ bad|tel }}",
        bad=bad,
        none=None,
        now=NOW,
        texts=[bad],
        columns=[bad],
        rows=[[bad]],
        work=[{"title": bad, "url": bad, "missing": bad, "notes": bad, "badge": bad, "due_says": bad}],
        tasks=[{"label": bad, "hints": bad, "state": bad}],
        facts=[{"label": bad, "value": bad, "change_url": bad}],
        events=[{"label": bad, "note": bad}],
    )
    assert "<b>x" not in html
    assert "&lt;b&gt;x" in html


@pytest.mark.parametrize(
    ("days", "of", "says", "tone"),
    [
        (-2, "decision", "2 days over was due Wed Oct 14", "bad"),
        (-1, "decision", "1 day over was due Thu Oct 15", "bad"),
        (-2, "person", "Window ended was due Wed Oct 14", "bad"),
        (0, "person", "Due today Fri Oct 16, end of the day", "bad"),
        (1, "person", "1 day left due tomorrow, Oct 17", "bad"),
        (2, "person", "2 days left due Sunday, Oct 18", "waiting"),
        (6, "person", "6 days left due Thursday, Oct 22", "waiting"),
        (7, "person", "7 days left due Fri Oct 23", "waiting"),
        (8, "person", "8 days left due Sat Oct 24", "neutral"),
        (100, "person", "100 days left due Sun Jan 24, 2027", "neutral"),
    ],
)
def test_due_says_days_first_and_the_date_beside(days, of, says, tone):
    html = render("{% due on of=of %}", on=TODAY + timedelta(days=days), of=of)
    assert words(html) == says
    assert f"due--{tone}" in html


def test_due_of_nothing_and_of_a_moment():
    assert words(render('{% due none note="social contact" %}', none=None)) == "No due date social contact"
    # 11:59 pm of the 16th here is already the 17th in UTC.
    late = datetime(2026, 10, 17, 6, 59, tzinfo=UTC)
    assert words(render("{% due at %}", at=late)).startswith("Due today")


def test_a_call_is_stamped_only_where_a_page_asks_for_it():
    html = render('{% call "4155550142" called_url="/called/" %}')
    assert 'href="tel:+14155550142"' in html and 'data-called-url="/called/"' in html
    assert "data-called" not in render('{% call "4155550142" %}')
    assert "No number" in render('{% call "" %}')


def test_button_is_a_link_when_it_goes_somewhere():
    assert render('{% button "Open" href="/x" about="Ola Brandt" %}').strip() == (
        '<a class="btn btn-secondary" href="/x">Open<span class="visually-hidden"> Ola Brandt</span></a>'
    )
    html = render('{% button "Save" kind="primary" name="go" value="1" disabled=True %}')
    assert 'type="submit"' in html and 'name="go" value="1"' in html and " disabled>" in html


def test_post_button_carries_the_token_and_its_fields():
    html = render('{% post_button "Go" "/x" hidden=hidden %}', hidden={"to": "a"}, csrf_token="t" * 32)
    assert 'name="csrfmiddlewaretoken"' in html and 'name="to" value="a"' in html


def test_work_list_says_due_missing_and_one_action():
    html = render(
        '{% work_list items label="Windows" %}',
        csrf_token="t" * 32,
        items=[
            {"title": "Ola", "url": "/o", "due_on": TODAY, "missing": "intake", "notes": ["No try yet."],
             "action": {"label": "Log a try", "url": "/t", "post": True}},
            {"title": "Lina", "due_says": "12 minutes of 30", "due_tone": "waiting"},
        ],
    )  # fmt: skip
    assert "Due today" in words(html) and "Missing: intake No try yet." in words(html)
    assert '<form class="post" method="post" action="/t">' in html and "12 minutes of 30" in html


def test_rule_shows_the_answer_or_asks_for_it():
    assert "What follows" in render('{% rule "Under 18" tone="bad" answer="Yes" so="What follows" %}')
    html = render('{% rule "Under 18" field=form.door %}', form=AskForm({}))
    assert html.count('type="radio"') == 2 and "“Which door?” has no answer yet" in html


def test_table_stacks_on_a_phone_and_keeps_its_roles():
    html = render(
        '{% table columns rows caption="Tries" %}',
        columns=["When", {"label": "Minutes", "num": True}],
        rows=[["Wed", 45]],
    )
    assert 'role="cell" class="num" data-label="Minutes">45<' in html and "<caption>Tries</caption>" in html
    with pytest.raises(ValueError, match="zip"):
        render('{% table columns rows caption="Tries" %}', columns=["When"], rows=[["Wed", 45]])


def test_pager_is_silent_without_anything_to_say():
    assert render("{% pager %}").strip() == ""
    assert words(render('{% pager "" "/o" says="The newest 4" %}')) == "The newest 4 Older"


def test_draft_mark_is_a_status_even_when_empty():
    assert 'role="status" data-draft-status></p>' in render("{% draft_saved %}")
    assert "Draft saved 2:32 pm" in render("{% draft_saved at %}", at=NOW)


def test_clock_has_one_cell_a_day_and_says_it_aloud():
    window = {
        "started_on": TODAY - timedelta(days=38), "due_on": TODAY + timedelta(days=6),
        "first_due_on": TODAY - timedelta(days=8), "tries": [TODAY - timedelta(days=2)],
    }  # fmt: skip
    html = render("{% clock window %}", window=window)
    assert html.count('<span class="day') == 45
    assert html.count("day--now") == html.count("day--due") == html.count("day--was") == html.count("day--try") == 1
    assert "Day 38 of 44. Due on day 44. Tried on day 36." in html
    past = {"started_on": TODAY - timedelta(days=45), "due_on": TODAY - timedelta(days=1)}
    assert "Ended on day 44." in render("{% clock w %}", w=past)
    assert "Done on day 10 of 44." in render("{% clock w %}", w={**window, "done_on": TODAY - timedelta(days=28)})
    assert "<span class=" in render("{% clock w %}", w={"started_on": TODAY, "due_on": TODAY})
    assert '"days"' not in render("{% clock w %}", w={"started_on": TODAY, "due_on": TODAY + timedelta(days=200)})


def test_timeline_says_moments_and_days():
    events = [
        {"label": "Due", "state": "ahead"},
        {"label": "Met", "at": NOW, "note": "Rosa"},
        {"label": "Opened", "at": TODAY},
    ]
    assert words(render("{% timeline events %}", events=events)) == "Due Met today 2:32 pm · Rosa Opened today, Oct 16"
    with pytest.raises(TemplateSyntaxError):
        render("{% timeline events %}", events=[{"label": "Due", "state": "lost"}])


def test_part2_notice_is_the_long_statement_with_the_scope():
    html = render("{% part2_notice scope %}", scope=["Shared: whether the window was met.", "Ends with the decision."])
    said = words(html)
    assert "This record which has been disclosed to you is protected by Federal confidentiality rules" in said
    assert "is NOT sufficient to meet the required elements of written consent" in said
    assert "Shared: whether the window was met. Ends with the decision." in said


def test_error_summary_links_to_the_first_control_in_the_words_of_the_field():
    form = AskForm({"at_0": "2026-13-01", "at_1": ""})
    form.add_error(None, "Somebody else has sent this.")
    html = render("{% error_summary form %}", form=form)
    assert '<a href="#id_door_0">“Which door?” has no answer yet</a>' in html
    assert '<a href="#id_name">' in html and '<a href="#id_at_0">' in html
    assert "Somebody else has sent this." in html and "autofocus" in html and "Nothing you typed is lost." in html
    shown = render("{% load crispy_forms_tags %}{% crispy form %}", form=form)
    assert shown.count("“Name” has no answer yet") == 1
    assert "This field is required" not in shown + html
    assert render("{% error_summary form %}", form=AskForm()).strip() == ""
    assert "typed" not in render("{% error_summary form kept=False %}", form=form)


def test_a_form_has_label_error_control_help_in_this_order():
    html = render("{% load crispy_forms_tags %}{% crispy form %}", form=AskForm({"door": "a"}))
    order = [html.index(part) for part in ('for="id_name"', 'id="id_name_error"', 'name="name"', "As they say it")]
    assert order == sorted(order)
    assert '<fieldset class="field" id="div_id_door"><legend>' in html.replace("> <", "><").replace(">\n  <", "><")
    assert 'class="choice choice--stack"' in html and 'type="date"' in html and 'aria-label="Time"' in html
    assert html.count("checked") == 1 and "<h2>The person</h2>" in html
    assert '<button class="btn btn-primary" type="submit">Send</button>' in html
    assert "<form" not in html and "csrfmiddlewaretoken" not in html
    # Every label belongs to a control that is there.
    assert set(re.findall(r'<label[^>]* for="([^"]+)"', html)) <= set(re.findall(r' id="([^"]+)"', html))


def test_a_help_text_holds_html_only_where_it_is_marked_safe():
    for told, shown in (("<b>18</b>", "&lt;b&gt;18&lt;/b&gt;"), (SafeString("<b>18</b>"), "<b>18</b>")):
        form = AskForm()
        for name in ("name", "door", "needs", "at"):
            form.fields[name].help_text = told
        assert render("{% load crispy_forms_tags %}{% crispy form %}", form=form).count(f">{shown}</p>") == 4


def test_what_was_typed_comes_back_whole():
    typed = "line one\n  <b>two</b>   >   <\n"
    html = render("{% load crispy_forms_tags %}{% crispy form %}", form=AskForm({"note": typed}))
    assert "line one\n  &lt;b&gt;two&lt;/b&gt;   &gt;   &lt;\n</textarea>" in html
