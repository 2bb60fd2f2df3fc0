"""What the reasoner says, in German. Data only: see tongue.py for its form."""

from __future__ import annotations

from typing import Final

from assistant_reasoner.tongue import Tongue, rows

GERMAN: Final = Tongue(
    code="de",
    name="Deutsch",
    repairs=(
        (r"\bvon dem (?=\w)", "vom "),
        (r"\bin dem (?=\w)", "im "),
        (r" +([,.;:!?])(?!\.)", r"\1"),
        (r"\b([Dd]ie\u2060 [\w -]+?) ist\b", r"\1 sind"),
        (r"\b([Dd]ie\u2060 [\w -]+?) sieht\b", r"\1 sehen"),
        (r"\bist (die\u2060)", r"sind \1"),
        (r"\u2060", ""),
        (r"\ban dem (?=\w)", "am "),
    ),
    listing=(", ", " und "),
    decimal=",",
    forms={
        "bare": "{c:e} {n}",
        "bare.m": "{c:er} {n}",
        "bare.n": "{c:es} {n}",
        "many": "{c:e} {N}",
        "a.m": "einen {c:en} {w}",
        "a.f": "eine {c:e} {n}",
        "a.n": "ein {c:es} {n}",
        "a.p": "{c:e} {N}",
        "nom.m": "ein {c:er} {n}",
        "nom.f": "eine {c:e} {n}",
        "nom.n": "ein {c:es} {n}",
        "nom.p": "{c:e} {N}",
        "dat.m": "einem {c:en} {w}",
        "dat.f": "einer {c:en} {n}",
        "dat.n": "einem {c:en} {n}",
        "dat.p": "{c:en} {N}",
        "the.m": "der {c:e} {n}",
        "the.f": "die {c:e} {n}",
        "the.n": "das {c:e} {n}",
        "the.p": "die\u2060 {c:en} {N}",
        "the_dat.m": "dem {c:en} {w}",
        "the_dat.f": "der {c:en} {n}",
        "the_dat.n": "dem {c:en} {n}",
        "the_dat.p": "den {c:en} {N}",
        "no.m": "keinen {c:en} {w}",
        "no.f": "keine {c:e} {n}",
        "no.n": "kein {c:es} {n}",
        "no.p": "keine {c:en} {N}",
        "count": "{k} {c:e} {N}",
        "one.m": "1 {c:en} {w}",
        "one.n": "1 {c:es} {n}",
        "one.f": "1 {c:e} {n}",
        "one.p": "1 Paar {c:e} {N}",
    },
    colors=rows(
        """
red = rot
orange = orangefarben
yellow = gelb
green = grün
blue = blau
purple = violett
pink = rosafarben
brown = braun
black = schwarz
white = weiß
gray = grau
teal = türkis
beige = beigefarben
"""
    ),
    places=rows(
        """
top left = oben links
top = oben
top right = oben rechts
left = links
centre = in der Mitte
right = rechts
bottom left = unten links
bottom = unten
bottom right = unten rechts
foreground = im Vordergrund
background = im Hintergrund
whole picture = fast im ganzen Bild
"""
    ),
    relations=rows(
        """
left_of = links von {x}
right_of = rechts von {x}
above = über {x}
below = unter {x}
inside = in {x}
on = auf {x}
next_to = neben {x}
touching = in Berührung mit {x}
far_from = weit weg von {x}
in_front = vor {x}
behind = hinter {x}
bigger = größer als {y}
edge = am Rand von {x}
middle = mitten in {x}
surrounding = im Umkreis von {x}
contains = im Umkreis von {x}
outside = außerhalb von {x}
part_of = ein Teil von {x}
has_part = aus {x} zusammengesetzt
across = gegenüber von {x}
attached = an {x} befestigt
apart = getrennt von {x}
between = zwischen {x}
unjudged = in dieser Beziehung zu {x}
"""
    ),
    words=rows(
        """
surfing = surfen
skateboarding = skateboarden
skiing = Ski fahren
snowboarding = snowboarden
playing tennis = Tennis spielen
playing baseball = Baseball spielen
playing frisbee = Frisbee spielen
flying kite = Drachen steigen lassen
riding = reiten
eating = essen
talking on phone = telefonieren
working = arbeiten
reading = lesen
walking = gehen
standing = stehen
sitting = sitzen
Yes = Ja
Probably = Wahrscheinlich
No = Nein
Probably not = Wahrscheinlich nicht
yes = ja
no = nein
true = wahr
false = falsch
none = keines
indoors = drinnen
outdoors = draußen
positive = positiv
negative = negativ
neutral = neutral
mixed = gemischt
weak = Mensch Herr Junge Elefant Bär Löwe Leopard Affe Hase Teddybär
once = einmal
times = {k}-mal
at = bei {time}
frame = , im Einzelbild bei {time}
picture = das Bild
video = das Video
recording = die Aufnahme
picture_n = Bild {k}
video_n = Video {k}
recording_n = Aufnahme {k}
nearer = näher
farther = weiter weg
brighter = heller
darker = dunkler
sharper = schärfer
bigger = größer
smaller = kleiner
dark = dunkel
bright = hell
landscape = Querformat
portrait = Hochformat
square = quadratisch
supported = stimmt überein
contradicted = stimmt nicht überein
unclear = nicht zu sagen
the speaker = wer spricht
the text = der Text
the face = das Gesicht
"""
    ),
    languages=rows(
        """
en = Englisch
de = Deutsch
fr = Französisch
es = Spanisch
it = Italienisch
zh = Chinesisch
yue = Kantonesisch
ja = Japanisch
ko = Koreanisch
ru = Russisch
pt = Portugiesisch
nl = Niederländisch
ar = Arabisch
vi = Vietnamesisch
pl = Polnisch
tr = Türkisch
"""
    ),
    kinds=rows(
        """
object = die Gegenstände
label = was das Bild zeigt
shape = die Formen
text_line = geschriebener Text
color = die Farben
face = die Gesichter
transcript = was gesagt wird
transcript_segment = was gesagt wird
sentiment = die Stimmung
image_facts = Größe und Schärfe
video_facts = die Länge
language = die Sprache
caption = eine Beschreibung
keyword = die Schlüsselwörter
no_speech = ob jemand spricht
"""
    ),
    sentences=rows(
        """
concept_yes_zero-shot = {lead:word}: nach {things} selbst habe ich nicht gesucht, aber das Bild als Ganzes sieht
    danach aus ({sure} sicher).
concept_no_zero-shot = {lead:word}: nach {things} selbst habe ich nicht gesucht, aber das Bild als Ganzes sieht nicht
    danach aus ({sure} sicher).
concept_yes_company = {lead:word}: nach {things} selbst habe ich nicht gesucht, aber es kommt meist mit dem vor, was
    ich sehe ({sure} sicher).
concept_no_company = {lead:word}: nach {things} selbst habe ich nicht gesucht, aber es kommt selten mit dem vor, was
    ich sehe ({sure} sicher).
concept_yes_seen = {lead:word}: was ich wahrgenommen habe, spricht für {things} ({sure} sicher).
concept_no_seen = {lead:word}: ich habe nachgesehen, und was ich wahrgenommen habe, spricht gegen {things} ({sure}
    sicher).
concept_doubt = was ich wahrgenommen habe, lässt offen, ob es {things} gibt
guess = Am ehesten würde ich {short} sagen, mit {sure}.
guess_blind = Blind geraten würde ich {short} sagen, mit {sure}.
unjudged = Ob es wirklich {words} ist, kann ich nicht beurteilen.
has_color_all_yes = Ja, alle {count} sind {color} ({sure} sicher).
has_color_all_no = Nein, {count} von {total} sind nicht {color} ({sure} sicher).
stands_doubt = die Rahmen lassen das offen
extreme_equal = Im Bild sieht das gleich aus ({sure} sicher).
extreme_note = Das ist die Größe im Bild, nicht die wirkliche.
value = Bei {name} steht {value}.
value_alone = Dort steht {value}.
value_others = Andere mögliche Lesarten: {list}.
brightness = Die mittlere Helligkeit ist {value} von 100.
blurred_yes = Ja, es sieht unscharf aus (Schärfe {value} von 100).
blurred_no = Nein, es sieht scharf genug aus (Schärfe {value} von 100).
sharp_yes = Ja, es sieht scharf aus (Schärfe {value} von 100).
sharp_no = Nein, es sieht unscharf aus (Schärfe {value} von 100).
gray_yes = Es ist schwarzweiß.
gray_no = Es ist in Farbe.
orientation = {width} x {height} Pixel.
pictures_yes = Ja, soweit ich sehe ({sure} sicher).
pictures_no = Nein, soweit ich sehe ({sure} sicher).
pictures_doubt = was ich auf den Bildern sehe, lässt das offen
closest_somewhere = im Bild
wearing = Kleidung kann ich nicht unterscheiden.
material = Woraus etwas ist, kann ich nicht beurteilen.
praise = Danke! Alles, was ich gesagt habe, lässt sich an den gezeigten Belegen prüfen.
blame = Ich kann mich irren: meine Antworten sind nur so gut wie das, was ich wahrgenommen habe.
missed = Was ich nicht wahrnehmen konnte: {list}.
yes_one = Ja, ich sehe {thing} {where} ({sure} sicher).
yes_many = Ja, ich sehe {things}; am klarsten {where} ({sure} sicher).
yes_seen = Ja, ich sehe {things} ({sure} sicher).
probably_one = Wahrscheinlich: etwas {where} sieht aus wie {thing:nom}, aber ich bin nur {sure} sicher.
yes_label = Wahrscheinlich ja: das Bild als Ganzes zeigt {label} ({sure}).
follows_yes = Wahrscheinlich: {things} erkenne ich nicht selbst, aber es sieht aus wie {place:nom}: ich sehe {seen}.
follows_no = Wahrscheinlich nicht: {things} erkenne ich nicht selbst, aber es sieht aus wie {place:nom}: ich sehe
    {seen}.
yes_text = Ja, als Text: zu lesen ist {text}.
no = Nein, ich sehe {no_thing}.
no_sure = Ich bin etwa {sure} sicher: Kleines kann mir entgehen.
no_shape = Nein, unter den gezeichneten Formen sehe ich {no_thing}.
no_almost = Am ähnlichsten ist {thing:nom} {where}, mit nur {sure}.
not_color = Ich sehe zwar {things}, aber in der Farbe {color}.
true_none = Stimmt, ich sehe {no_thing}.
no_but = Doch: ich sehe {thing} {where} ({sure} sicher).
number_yes = Ja, ich zähle {things}.
number_no = Nein, ich zähle {things}.
count_one = Ich zähle {thing:one}, {where} ({sure} sicher).
count_many = Ich zähle {things} ({sure} sicher).
count_least = Ich zähle mindestens {things} ({sure} sicher); die genaue Zahl ist schwer zu sagen.
count_none = Null: ich sehe {no_thing} ({sure} sicher).
count_possible = Es können noch {more} mehr sein, weniger sicher.
count_crowd = In einer Menge entgehen mir manche, also ist das eine Untergrenze.
count_total = Insgesamt: {things}.
placed = Lage: {places}.
color = {thing:the} ist {color} ({sure} sicher).
color_mixed = {thing:the} ist überwiegend {color}, teils {others} ({sure} sicher).
colors_each = Ich sehe {list}.
colors_picture = Die Hauptfarben sind: {list}.
has_color_yes = Ja, {thing:the} ist {color} ({sure} sicher).
has_color_no = Nein, {thing:the} sieht {actual} aus, nicht {color} ({sure} sicher).
where_one = {thing:the} ist {where} ({sure} sicher).
where_many = Ich sehe {things}: {places}.
in_region_yes = Ja, {thing:the} ist {where} ({sure} sicher).
in_region_no = Nein, {thing:the} ist {where} ({sure} sicher).
stands_yes = Ja, soweit die Rahmen es zeigen, ist {subject:the} {relation:anchor} ({sure} sicher).
stands_no = Nein, soweit die Rahmen es zeigen, ist {subject:the} nicht {relation:anchor} ({sure} sicher).
stands_at = {subject:the} ist {first}, {anchor:the} {second}.
unjudged_relation = die Rahmen, mit denen ich arbeite, zeigen diese Beziehung nicht
extreme = Im Bild ist es {thing:the}: {share} des Bildes, gegenüber {others} ({sure} sicher).
related_none = Dort erkenne ich nichts.
what = Das sieht aus wie {thing:nom} ({sure} sicher).
what_list = Ich sehe {list}.
what_label = Es könnte {thing:nom} sein ({sure}); ich bin nicht sicher.
what_closer = Genauer sieht es aus wie {label:nom} ({sure}).
what_kind_only = Ich erkenne {thing}, aber nicht, welche Art.
is_a_yes = Ja, das sieht aus wie {thing:nom} ({sure} sicher).
is_a_no = Nein, das sieht eher aus wie {actual:nom} als wie {thing:nom} ({sure} sicher).
region_none = {where} erkenne ich nichts.
describe = {caption}
describe_in = {name}: {caption}
describe_video = Das Video zeigt {list}.
describe_reads = Der Text lautet {text}.
describe_nothing = Ich habe nichts erkannt: {name}.
place = Das sieht aus wie {place:nom} ({sure} sicher): ich sehe {list}.
place_hint = Es könnte {place:nom} sein, aber ich bin nur {sure} sicher: ich sehe {list}.
place_yes = Ja, das sieht aus wie {place:nom} ({sure} sicher): ich sehe {list}.
place_no = Nein, das sieht eher aus wie {actual:nom} als wie {place:nom} ({sure} sicher): ich sehe {list}.
read = Dort steht: {text}.
read_on = {holder:the} trägt den Text: {text}.
read_sure = Ich bin {sure} sicher, richtig gelesen zu haben.
read_none = Ich habe keinen Text gefunden: {name}.
read_yes = Ja, es gibt Text: {text}.
read_word_yes = Ja, ich lese {text} {where} ({sure} sicher).
read_word_no = Nein, {text} lese ich dort nicht. Ich lese {read}.
read_word_none = Nein, ich habe keinen Text gefunden, also auch nicht {text}.
read_numbers = Ich lese die Zahl {text} ({sure} sicher).
read_no_numbers = Dort lese ich keine Zahl.
size = Die Größe ist {width} x {height} Pixel.
video_length = Das Video ist {seconds} lang.
said = Ich habe gehört: {text}.
said_in = {name}: ich habe gehört: {text}.
said_language = Die Sprache ist {language} ({sure} sicher).
said_sure = Ich bin {sure} sicher, die Wörter richtig verstanden zu haben.
said_none = Ich habe niemanden sprechen gehört: {name}.
said_about = Über {topic} wurde gesagt: {list}
said_about_none = Über {topic} habe ich nichts gehört.
said_yes = Ja, {topic} wird {count} erwähnt: {list}
said_no = Nein, {topic} habe ich nicht gehört.
said_when = {topic} wird {times} gesagt.
said_when_in = Der Satz: {text}.
said_times = {topic} wird {count} gesagt.
said_speech_yes = Ja, ich habe jemanden sprechen gehört: {text}.
said_speech_no = Nein, ich habe niemanden sprechen gehört.
said_length = {name} ist {seconds} lang.
said_at = Da habe ich gehört: {list}.
said_at_none = Da habe ich niemanden sprechen gehört.
said_nearest = Am nächsten liegt: {list}.
said_first = Die ersten Worte sind {text} ({time}).
said_last = Die letzten Worte sind {text} ({time}).
said_summary = Kurz gefasst: {list}.
said_numbers = Ich habe diese Zahlen gehört: {list}.
said_names = Ich habe diese Namen gehört: {list}.
said_prices = Ich habe diese Preise gehört: {list}.
said_dates = Ich habe diese Zeitangaben gehört: {list}.
said_found_none = So etwas habe ich nicht gehört.
said_longer = Länger gesprochen wird hier: {name}, {seconds}, gegenüber {others}.
said_one_speaker = Innerhalb einer Aufnahme kann ich Stimmen nicht unterscheiden.
said_related = Wahrscheinlich, mit anderen Worten: {list} ({sure} sicher).
said_after = Nach {topic} habe ich gehört: {list}.
said_before = Vor {topic} habe ich gehört: {list}.
said_after_none = Da wird nichts weiter gesagt.
said_while = Während {thing:the} zu sehen ist, habe ich gehört: {list}.
said_while_none = Während {thing:the} zu sehen ist, habe ich niemanden sprechen gehört.
language = Das ist {language} ({sure} sicher).
language_no = Nein, das klingt nach {language} ({sure} sicher).
language_yes = Ja, das ist {language} ({sure} sicher).
speakers_one = Ich höre eine einzige Person sprechen (zu {sure} sicher).
speaker_says = Stimme {k} ({time}): {text}
voices_apart = Ich unterscheide {count} Stimmen, weiß aber nicht, wem sie gehören (zu {sure} sicher).
turns_more = Der Rest ab {time} ist weggelassen (Beiträge: {count}).
who_speaks = Wer spricht, kann ich nicht sagen: ich erkenne Wörter, keine Stimmen.
feels = {subject:word} klingt {feeling} ({sure} sicher).
feels_yes = Ja, das klingt {feeling} ({sure} sicher).
feels_no = Nein, das klingt {feeling} ({sure} sicher).
feels_quote = Die deutlichste Stelle: {text} ({feeling}).
feels_words_only = Beurteilt wurden nur die Wörter, nicht die Stimme oder ein Gesicht.
compare_only = Nur in {name}: {list}.
compare_both = In beiden: {list}.
compare_count = {name}: {list}.
compare_light = {name} ist {word:word} als {other}.
compare_same_bytes = Das ist genau dasselbe Bild.
shared_none = In dem, was ich erkenne, gibt es nichts davon.
compare_alike = In dem, was ich erkenne, sehe ich keinen Unterschied.
compare_differ = Nein, sie unterscheiden sich.
compare_need_two = Zum Vergleichen brauche ich zwei Bilder; ich habe {count}.
compare_which = {name}: {why}.
compare_none = Keines von beiden: ich sehe {no_thing}.
compare_equal = Darin sind sie gleich.
choose = {option:thing}: {why}
choose_guess = Davon passt {option:thing} am besten, aber ich bin nur {sure} sicher.
appears = {thing:the} ist zu sehen bei {times} ({sure} sicher).
appears_note = Ich habe {count} Einzelbilder angesehen; der genaue Zeitpunkt kann dazwischen liegen.
video_seen = Ich sehe {thing} in {count} von {total} angesehenen Einzelbildern, zuerst bei {first}, zuletzt bei {last}
    ({sure} sicher).
video_enters = Das Erscheinen liegt zwischen {low} und {high}.
video_leaves = Das Verschwinden liegt zwischen {low} und {high}.
video_start = Schon das erste angesehene Einzelbild zeigt es.
video_end = Auch das letzte angesehene Einzelbild zeigt es noch.
video_lasts = Zu sehen ist es mindestens {least} und höchstens {most}.
video_most = Höchstens {things} zugleich, {where} ({sure} sicher).
video_shows = {time}: ich sehe {list}
video_says = {time}: ich höre {text}
video_new = Neu am Ende: {list}.
video_gone = Am Ende nicht mehr da: {list}.
video_same = Zwischen Anfang und Ende sehe ich in dem, was ich erkenne, keine Änderung.
agree_yes = Ja, soweit ich es prüfen kann, stimmt es überein ({sure} sicher).
agree_no = Nein, das stimmt nicht überein ({sure} sicher).
agree_unclear = Mit dem, was ich wahrgenommen habe, kann ich das nicht prüfen.
agree_supported = {claim}: stimmt überein, ich sehe {seen}.
agree_contradicted = {claim}: stimmt nicht überein, ich sehe {seen}.
agree_unknown = {claim}: nicht zu sagen.
agree_reads = {claim}: steht auch geschrieben, {seen}.
about_which = {name} passt am besten ({sure} sicher): {list}.
about_which_none = Kein Bild passt deutlich zu dem, was gesagt wird.
same_place_yes = Wahrscheinlich dieselbe Art von Ort, {place:nom} ({sure} sicher). Ob es genau derselbe Ort ist, kann
    ich nicht sagen.
same_place_no = Wahrscheinlich nicht: {name} sieht aus wie {place:nom}, {other} eher wie {second:nom} ({sure} sicher).
cannot = Das kann ich nach dem, was ich wahrgenommen habe, nicht sagen: {reason}.
cannot_see = Ob es {thing} gibt, kann ich nicht sagen: {reason}.
unknown_class = keines der installierten Plugins erkennt {things} in Bildern
not_found = ich habe {no_thing} gefunden ({name})
no_plugin = kein installiertes Plugin liefert: {what}
not_perceived = nicht wahrgenommen ({name}): {what}
do_see = Was ich sehe: {caption}
no_picture = Es ist noch kein Bild da. Schicken Sie eines (JPEG, PNG, WebP, ...) und fragen Sie noch einmal.
no_recording = Es ist noch keine Aufnahme da. Schicken Sie eine Sprachnachricht oder eine Audiodatei und fragen Sie
    noch einmal.
no_video = Es ist noch kein Video da. Schicken Sie eines und fragen Sie noch einmal.
no_such_picture = Es gibt kein Bild Nummer {index}; ich habe {count}.
who = Wer das ist, kann ich nicht sagen: ich erkenne Menschen, nicht wer sie sind.
activity = Ich erkenne Dinge, keine Handlungen; was getan wird, kann ich nicht sagen.
why = Warum, kann ich nicht sagen: ich nehme wahr, was da ist, nicht die Gründe.
age = Das Alter kann ich nicht schätzen.
gender = Ob Mann oder Frau, kann ich nicht sagen.
weather = Das Wetter kann ich nicht beurteilen.
time = Ein Bild sagt mir weder Uhrzeit noch Jahreszeit.
price = Preise kenne ich nur, wenn sie im Bild stehen.
sound_only = Ich erkenne Sprache, keine anderen Geräusche.
feeling = Stimmungen kann ich einem Bild nicht ansehen.
emotion = Gefühle kann ich einem Gesicht nicht ansehen.
unknown = Das habe ich nicht als Frage zu dem verstanden, was Sie geschickt haben.
world = Ich antworte nur zu dem, was Sie mir schicken, nicht über die Welt im Allgemeinen.
voice_message = die Sprachnachricht
remark = Falls das eine Frage war, habe ich sie nicht verstanden.
closest_heard = Die nächstliegende Stelle, die ich gehört habe: {text} ({time}).
closest_read = Die nächstliegende Stelle, die ich gelesen habe: {text} ({where}).
closest_sure = Ich zitiere sie, weil sie vom selben handelt; dass sie antwortet, ist {sure} sicher.
greeting = Hallo! Schicken Sie mir ein Bild, eine Sprachnachricht oder ein Video und fragen Sie mich danach.
greeting_files = Hallo! Fragen Sie mich zu dem, was Sie geschickt haben.
greeting_again = Hallo noch einmal! Fragen Sie mich zu dem, was Sie geschickt haben.
thanks = Gern geschehen!
goodbye = Auf Wiedersehen!
acknowledge = In Ordnung.
mood = Mir geht es gut, danke. Was soll ich ansehen oder anhören?
identity = Ich bin Sensorium, ein Programm, das wahrnimmt, was Sie schicken, und daraus mit Belegen antwortet. Ich bin
    kein Mensch.
capabilities = Ich beantworte Fragen zu dem, was Sie mir schicken, nach dem, was ich darin wahrnehme, und zeige die
    Belege.
can_ask = Fragen Sie zum Beispiel: „Was ist auf dem Bild?“, „Wie viele Personen sind da?“, „Welche Farbe hat das
    Auto?“, „Was steht da?“, „Was wurde gesagt?“
evidence = Ich stütze mich auf Folgendes: {list}.
evidence_none = Ich habe nichts wahrgenommen, was dafür spricht, und darauf beruht meine Antwort.
evidence_sure = Insgesamt bin ich {sure} sicher.
unasked = Ich habe Ihnen noch nichts gesagt, dessen ich sicher sein könnte.
attached_text = Sie haben einen Text geschickt. Fragen Sie mich dazu.
nothing_perceived = Ich konnte in dem, was Sie geschickt haben, nichts wahrnehmen: {reason}.
pictures = Sie haben geschickt: {list}.
alike_yes = Ja, beide sind {color}: {first:the} und {second:the} ({sure} sicher).
alike_no = Nein, {first:the} ist {color}, {second:the} {other} ({sure} sicher).
class_only = Ich erkenne {name}, kann aber nicht sagen, ob es gerade „{words}“ ist.
people_only = Ich erkenne Menschen, aber nicht, ob es „{words}“ sind.
color_worn = Das Kleidungsstück allein kann ich nicht abgrenzen; die Farben hier sind vor allem: {list}.
cannot_much = Zurzeit ist kein Plugin installiert, das Bilder oder Ton wahrnimmt.
choose_nothing = nichts, was ich wahrgenommen habe, spricht für eine dieser Antworten: {list}
choose_doubt = nichts, was ich wahrgenommen habe, spricht deutlich für eine dieser Antworten: {list}
depth = {thing:the} wirkt {how:word} ({sure} sicher): ich schließe das aus Größe und Höhe im Bild.
nearer = Im Bild ist {thing:the} näher an {subject:the_dat} ({sure} sicher).
place_nothing = ich sehe nichts, was für einen Ort typisch wäre
drawn_yes = Ja, das passt zur Zeichnung; ich stütze mich auf: {list}.
drawn_no = Nein, das passt nicht zur Zeichnung; ich stütze mich auf: {list}.
drawn_none = {verdict}: nichts anderes in der Zeichnung hat damit zu tun; ich sehe {list}.
drawn_unread = die Aussage über die Zeichnung habe ich nicht ganz verstanden
feels_because = Das ist ein Gesamturteil aus Wörtern, Stimme und Gesicht, soweit vorhanden.
quality = Schärfe {sharpness}, Helligkeit {brightness}, Kontrast {contrast} von 100.
read_after = Nach {line} kommt {text}.
read_before = Vor {line} kommt {text}.
read_brand = Der Name, der hervorsticht, ist {text}.
read_lines = Ich lese {count}.
read_title = Der größte Text lautet: {text}.
read_nth = Dort steht {text}.
read_no_line = ich lese nirgends {text}
read_too_few = ich lese nur {count}
said_quote = {text} ({time})
unknown_hint = Sie können zum Beispiel fragen: was auf dem Bild ist, wie viele Hunde da sind, welche Farbe das Auto
    hat, was dort steht oder was gesagt wurde.
value_none = so etwas lese ich nicht ({what}{name})
value_price = Preis
value_time = Uhrzeit
value_date = Datum
value_phone = Telefonnummer
value_email = E-Mail-Adresse
value_url = Webadresse
value_percent = Prozentsatz
value_number = Zahl
value_address = Adresse
value_text = Text
value_any = Wert
where_beside = Die Lage: {relation:other}.
asked_many = {what}: {list}, {sure} sicher.
asked_yes = Ja: {list}, {sure} sicher.
asked_no = Nein: {list}, {sure} sicher.
asked_count = {count}: {list}, {sure} sicher.
asked_none = Danach wurde gesucht und nichts gefunden ({what}, {where}).
example = Das behalte ich als Beispiel für Antwortgeber, die aus Beispielen lernen, etwa Sprachmodelle; meine eigenen
    Antworten berechne ich.
"""
    ),
)
