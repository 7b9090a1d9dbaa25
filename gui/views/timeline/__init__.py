"""Lanes of spans over time: a widget that shows two tasks or a million, and what it is made of.

widget   hands: hover, choose, zoom, pan, keys
canvas   what is shown, and painting it
view     which part of the time is in sight, and whether a person chose it
layout   where lanes, axis and legend go        window  the visible time and its ticks
paint    text, axis, marks over the image       image   the spans themselves, as pixels
style    colours and font                       words   what tooltips and labels say
"""
