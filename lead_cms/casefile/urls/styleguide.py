"""What the pages are made of: /styleguide/."""

from django.urls import path

from lead_cms.casefile.views.styleguide import styleguide

urlpatterns = [path("", styleguide, name="styleguide")]
