"""How questions are asked in German. Data only: see grammar.py for its form."""

from __future__ import annotations

from typing import Final

from assistant_reasoner.grammar import Grammar

GERMAN: Final = Grammar(
    code="de",
    function_words="""vielen dank bitte schön etwas
        denn nun kostet kosten
        der die das den dem des ein eine einen einem einer eines und oder ist sind was wer wie wo wann
    warum
        welche welcher welches welchen wieviel viele gibt es sieht siehst man auf im in von mit für nicht kein keine
        keinen hat haben hast er sie ich du wir ihr mir zu sehen bild foto hallo danke tschüss guten tag bitte sagt
    sagte
        gesagt wird wurde steht lies beschreibe beschreib zeigt farbe links rechts neben hinter vor über unter zwischen
        spricht sprechen aufnahme mehr weniger als auch noch etwas jemand da dort hier zweiten ersten anderen sicher ja
        nein worum geht fasse zusammen jeder alle""",
    lexicon="""
article = ein, eine, einen, einem, einer, eines, irgendein, irgendeine, irgendeinen, irgendwelche, etwas, einige,
    mehrere
the = der, die, das, den, dem, des, dieser, diese, dieses, diesen, diesem, mein, meine, meinen, sein, seine, ihr, ihre
no = kein, keine, keinen, keinem, keiner
number 1 = eins
number 2 = zwei
number 3 = drei
number 4 = vier
number 5 = fünf
number 6 = sechs
number 7 = sieben
number 8 = acht
number 9 = neun
number 10 = zehn
least at least = mindestens, wenigstens
least at most = höchstens, maximal
least exactly = genau
least more than = mehr als
least fewer than = weniger als
size big = groß, große, großen, großer, großes
size small = klein, kleine, kleinen, kleiner, kleines
size biggest = größte, größter, größtes, größten
size smallest = kleinste, kleinster, kleinstes, kleinsten
color red = rote, roter, rotes, roten, rotem
color orange = orange, orangefarbene, orangefarbenen, orangefarbenes, orangefarbener
color yellow = gelbe, gelber, gelbes, gelben, gelbem, golden
color green = grüne, grüner, grünes, grünen, grünem
color blue = blaue, blauer, blaues, blauen, blauem
color purple = violette, violetter, violettes, violetten, lila
color pink = rosa, pink, rosafarbene, pinke, pinken
color brown = braune, brauner, braunes, braunen, braunem
color black = schwarze, schwarzer, schwarzes, schwarzen, schwarzem
color white = weiße, weißer, weißes, weißen, weißem
color gray = graue, grauer, graues, grauen, grauem, silbern
color teal = türkise, türkises, türkisen, türkiser
color beige = beige, beigefarbene
relation left of = links von, links vom, links neben
relation right of = rechts von, rechts vom, rechts neben
relation next to = neben, nahe bei, bei, in der Nähe von
relation in front of = vor
relation behind = hinter
relation under = unter, unterhalb von
relation above = über, oberhalb von
relation on = auf
relation in = in, im
relation far from = weit weg von, weit entfernt von
relation touching = berührt
region on the left = links, auf der linken Seite, auf der linken, linken
region on the right = rechts, auf der rechten Seite, auf der rechten
region at the top = oben
region at the bottom = unten
region in the center = in der Mitte, mittig
region in the background = im Hintergrund
region in the foreground = im Vordergrund
pronoun it = es, er, sie, ihn, ihm
pronoun they = ihnen
join and = und
join or = oder
drop = da, dort, hier, sichtbar, zu sehen, vorhanden
""",
    macros="""
each = ((?:wie viele|wieviele|wieviel) )(.+?) und (?:(?:wie viele|wieviele|wieviel) )?(.+?)((?: (?:gibt
    es|sind|siehst|sieht|auf|im|in).*)?)
asks = (?:wie|was|wer|wo|wann|welche|welcher|welches|gibt es|ist|sind)
and = und|aber
lead = bitte|ok|gut|also|sag mir [mal|bitte] [ob]|sagen sie mir [bitte] [ob]|(kannst du|können sie|könntest du|könnten
    sie) (mir|
    uns) [bitte] (sagen|beschreiben|vorlesen|zeigen) [ob]|ich (möchte|will|würde gern|würde gerne) wissen [ob]|weißt du
    [ob]|wissen sie [ob]|hallo|danke
tail = bitte|danke|genau|insgesamt
seen = (gibt es|sind da|ist da|sind dort|siehst du|sehen sie|sieht man|sind zu sehen|ist zu sehen|sind|kannst du
    sehen|kann man
    sehen|erkennst du|zählst du|sind hier|befinden sich|hat @i|zeigt @i)
there = (gibt es|ist da|sind da|ist dort|sind dort|ist hier|sind hier|siehst du|sehen sie|sieht man|kannst du|kann
    man|erkennst du|
    befindet sich|befinden sich|hat es|zeigt @i|enthält @i)
they = (er|sie|man|der mann|die frau|die person|<voice>|es|du|ihr)
voice = (die aufnahme|der aufnahme|die stimme|die sprachnachricht|die nachricht|der sprecher|die sprecherin|das
    audio|das video|
    der aufzeichnung|die aufzeichnung|der sprachnachricht)
said = (sagt|sagte|sagen|sagten|erzählt|spricht|sprechen|redet|reden|erwähnt|erwähnen|wird gesagt|wurde gesagt|hat
    gesagt|haben
    gesagt|hat|haben|wird|wurde)
done = (gesagt|gesprochen|geredet|erwähnt|erzählt|genannt|besprochen|gehört)
place = (raum|zimmer|ort|platz|art von ort|art von raum)
""",
    pictures="""
in = (auf|in|im|von|zu|zum|mit) [(dem|diesem|der|dieser|das|meinem|den)] (bild|foto|video|aufnahme des
    bildes|zeichnung|szene|fotografie|clip|film)
in nth = (auf|in|im|von) (dem|der|das) # (bild|foto|video)
in nth2 = auf dem #
in both = (auf|in) (beiden|den beiden|den zwei|den) (bildern|fotos)
of both = (die beiden|beide|die zwei|die) (bilder|fotos)
of = (das|dieses|dem|diesem|mein) (bild|foto|szene)
of nth = (das|dem) # (bild|foto|video)
ordinals = ersten|erste, zweiten|zweite|anderen|andere, dritten|dritte, vierten|vierte
""",
    rules="""
(kannst du|können sie|könntest du) [mir] [@i] [die szene] [(das|es|bitte)] beschreiben => describe the picture
ist (@i|das|es) [ein] (schwarzweiß|schwarz weiß|schwarzweißfoto|schwarzweißbild) => is the picture black and white
(wie spät ist es|wie viel uhr ist es|wieviel uhr ist es) [@p] => what time is it
ist es [(draußen|da|dort)] (tag oder nacht|nacht oder tag) => is it day or night
<there> etwas {q} [@p] => is there a {q} thing
(trägt jemand|hat jemand) {x} [auf|an] [@p] => is anyone wearing a {x}
(wie viel|wieviel|was) (kostet|kosten) {k} [@p] => how much does the {k} cost
(wie teuer|wie viel|wieviel) (ist|sind) {k} [@p] => how much does the {k} cost
(was ist|wie hoch ist|wie ist) der preis (von|vom|für|der|des) {k} [@p] => how much does the {k} cost
was (kostet am wenigsten|ist am billigsten|ist am günstigsten|ist das (billigste|günstigste)) [@p] => what is the
    cheapest
was (kostet am meisten|ist am teuersten|ist das teuerste) [@p] => what is the most expensive
(wie lautet|was ist|wie ist) die telefonnummer [@p] => what is the phone number
(wie lautet|was ist|welches) [(das|ist das)] datum [(ist das|steht da|ist angegeben)] [@p] => what is the date
(wie hoch ist|was ist|wie lautet) (der gesamtbetrag|die summe|die gesamtsumme|der betrag) [@p]|wie viel (muss ich|muss
    man)
    (zahlen|bezahlen) => what is the total
(wie viele|wieviele) (zeilen|textzeilen|zeilen text) [<seen>] [@p] => how many lines of text are there
(wie viele|wieviele) wörter [<seen>] [(stehen da|stehen dort|stehen)] [@p] => how many words are written there
(was ist|wie lautet) der größte text [@p]|(was ist|wie lautet) (die überschrift|der titel) [@p] => what is the largest
    text
(was|wer|welches|welcher|welche) ist größer [@p] {x} oder {y} => which is bigger, the {x} or the {y}
(was|wer|welches|welcher|welche) ist kleiner [@p] {x} oder {y} => which is smaller, the {x} or the {y}
(ist|sind|steht|stehen) {x} näher (am|bei|an|beim) {y} oder (am|bei|an|beim) {z} => is the {x} closer to the {y} or to
    the
    {z}
(ist|sind) {x} größer als {y} => is the {x} bigger than the {y}
(ist|sind) {x} kleiner als {y} => is the {x} smaller than the {y}
(haben|sind) {x} und {y} (dieselbe farbe|die gleiche farbe|gleichfarbig|in derselben farbe) => are the {x} and the {y}
    the
    same color
(wahr oder falsch|richtig oder falsch|stimmt es dass) (es gibt|da ist|da sind|man sieht) {x} [@p] => true or false:
    there
    is a {x}
(wahr oder falsch|richtig oder falsch) (es gibt|da ist|da sind|man sieht) (kein|keine|keinen) {x} [@p] => true or false:
    there is no {x}
was (trägt|tragen) {x} => what is the {x} wearing
wie (lang|lange) (ist|dauert) (das|dieses) (video|clip) => how long is the video
(hallo|hi|guten (tag|morgen|abend)|grüß gott|servus|moin) [zusammen] => hello
(danke|vielen dank|dankeschön|danke (schön|sehr|dir|ihnen)) => thank you
(tschüss|auf wiedersehen|bis (bald|später|dann)|gute nacht|ciao) => goodbye
was (kannst du|können sie|kann ich [dich|sie] fragen) [alles] [tun|machen] => what can you do
hilfe|wie funktioniert das => what can you do
wer (bist du|sind sie) => who are you
wie geht (es dir|es ihnen|s) => how are you
(bist du|sind sie) [dir|dir da|da] sicher => are you sure
wirklich|echt => are you sure
warum|woher weißt du das|woher wissen sie das => why
und {x} => and the {x}
und @p => and in the picture
[und] (wie viele|wieviele|wieviel) [(gibt es|sind es|sind das)] => how many
[und] welche farbe [(hat es|hat er|hat sie|ist es)] => what color is it
[und] wo => where
[und] wann => when
(wie oft) (wird|wurde) [das wort|der name] {t} <done> => how many times did they say {t}
(wie oft) (sagt|sagte|sagen|erwähnt|erwähnen|hat|haben) <they> [das wort] {t} [<done>] => how many times did they say
    {t}
wie lange (ist {x} zu sehen|sieht man {x}) => how long is the {x} visible
(wie lang|wie lange) [...] => how long is the recording
(wie viele|wieviele|wieviel) {x} [<seen>] (höchstens|maximal|gleichzeitig|zugleich|auf einmal) [...] => how many
    {x:s} are
    there at most at
    once
(wie viele|wieviele|wieviel) {x} [<seen>] [@p] [<seen>] => how many {x:s} are there
(zähle|zähl|zählen sie) [die] {x} => how many {x:s} are there
(wie hoch ist|was ist) die (anzahl|zahl) der {x} => how many {x:s} are there
(<there>|sind) mehr {x} als {y} [(zu sehen|da|sehen)] [@p] [(zu sehen|da)] => are there more {x:s} than {y:s}
(<there>|sind) weniger {x} als {y} [(zu sehen|da|sehen)] [@p] [(zu sehen|da)] => are there fewer {x:s} than {y:s}
(<there>|sind) (genauso viele|ebenso viele|gleich viele|so viele) {x} wie {y} [@p] => are there as many {x:s} as {y:s}
(welches (bild|foto)|auf welchem (bild|foto)) (hat|zeigt|enthält|sind|gibt es|sieht man) (mehr|die meisten|am meisten)
    {x} [zu sehen] =>
    which picture has more {x:s}
(welches (bild|foto)|auf welchem (bild|foto)) (hat|zeigt|enthält|ist|sind|gibt es|sieht man) {x} [zu sehen] => which
    picture has a {x}
(was ist der unterschied|was sind die unterschiede|welche unterschiede gibt es|welchen unterschied gibt es|finde die
    unterschiede|
    worin unterscheiden sich) [zwischen [@i]] [@p] [@i] [...] => what is the difference between the pictures
(vergleiche|vergleich|vergleichen sie) [...] => what is the difference between the pictures
was (haben @i gemeinsam|haben sie gemeinsam|ist auf beiden) [...] => what is in both pictures
(ist das|ist es|sind das) (derselbe ort|der gleiche ort) => are they the same place
(sind) (@i|sie|das) (gleich|identisch|dieselben) => are they the same
(ist|wurde) (das|es|@i) (drinnen oder draußen|innen oder außen) [aufgenommen] => is it indoors or outdoors
(ist|wurde) (das|es|@i) (drinnen|innen|in einem raum) [aufgenommen] => is it indoors
(ist|wurde) (das|es|@i) (draußen|im freien|außen) [aufgenommen] => is it outdoors
(ist|sind) (das|es|dies) {x} oder {y} => is it a {x} or a {y}
was (ist|sind|wäre) (das|dies|es) [hier|da] => what is this
(welche farbe|was für eine farbe) (hat|haben|ist) {x} [@p] => what color is the {x}
(in welcher farbe|welche farbe) ist {x} => what color is the {x}
(wahr oder falsch|richtig oder falsch) {x} (ist|sind) {q} => true or false: the {x} is {q}
was ist die farbe (des|der|von) {x} => what color is the {x}
welche farben [(gibt es|sieht man|sind|hat @i|dominieren|siehst du)] [@p] [(zu sehen)] => what colors are there
(was ist|was sind) die (hauptfarbe|hauptfarben) [@p] => what colors are there
(wo|an welchem ort) (wurde|ist|sind) (@i|das|dies|wir|es) [(aufgenommen|gemacht|entstanden)] => where is this
(was für ein|was für einen|welcher|welches|welchen|in welchem|an welchem) <place> (ist|zeigt|sieht man|sind)
    [(das|dies|es|@i|hier|wir)] [@p]
    => what room is this
wo (ist|sind|befindet sich|befinden sich|steht|stehen|liegt|liegen|sitzt|siehst du|sieht man) {x} [@p] => where is the
    {x}
(zeige|zeig|finde|zeigen sie) [(mir)] {x} => where is the {x}
was (ist|sieht man|steht|liegt|befindet sich|siehst du|gibt es) links (von|vom|neben) {x} [zu sehen] => what is left
    of the {x}
was (ist|sieht man|steht|liegt|befindet sich|siehst du|gibt es) rechts (von|vom|neben) {x} [zu sehen] => what is right
    of the {x}
was (ist|sieht man|liegt|befindet sich|siehst du|gibt es) {q} [@p] [zu sehen] => what is {q}
(was für ein|was für eine|was für einen|welche art von|welche art|welche rasse|welche sorte) {x} (ist|sieht man|sind)
    [(das|dies|es|zu sehen)]
    [@p] => what kind of {x} is this
(welches|welche|welcher|welchen) {x} (ist|sind|sieht man|siehst du|zeigt @i) [(das|dies|es|zu sehen)] [@p] => what {x}
    is this
was steht (auf|an|über) {x} [geschrieben] => what does the {x} say
was sagt das schild => what does the sign say
was steht [(da|dort|hier|darauf|drauf)] [@p] [(geschrieben|da|drauf|zu lesen)] [@p] => what does it say
was ist [(da|dort|hier|darauf|drauf)] [@p] (geschrieben|zu lesen) [@p] => what does it say
was (kann man lesen|kannst du lesen|liest du|ist zu lesen) [@p] => what does it say
(welcher text|was für ein text|wie lautet der text) [...] => what does it say
(lies|lesen sie) [mir] [(den|das|die)] (text|schild|seite|schrift|es) [...] [vor] => read the text
<there> [einen|irgendeinen|etwas] (text|schrift|geschriebenes|geschrieben|wörter) [zu sehen] [@p] => is there any text
(steht|steht da|steht dort|liest man) [das wort] {t} [da|dort] [@p] => does it say {t}
(stimmt|passt) [das] was <they> (sagt|sagen|gesagt hat|gesagt haben|gesagt wird) [mit|zu|zum] [@i] [@p] [überein] =>
    does what they say
    match the picture
(passt|stimmt) (das gesagte) [mit|zu|zum] [@i|bild] [überein] => does what they say match the picture
(von|über) welchem (bild|foto) (spricht|redet) <they> => which picture is he talking about
(über welches bild) (spricht|redet) <they> => which picture is he talking about
was (wird|sagt man|sagt er|hört man) [gesagt] während {x} (zu sehen ist|sichtbar ist) => what is said while the {x} is
    visible
(fasse|fass|fassen sie) [...] zusammen|zusammenfassung [...] => summarise the recording
(worum geht es|wovon handelt) [...] => summarise the recording
(welche sprache|in welcher sprache) [...] => what language is spoken
(spricht|sprechen|ist) <they> [auf] englisch => is he speaking English
welche (zahlen|nummern) [...] => what numbers were mentioned
welche namen [...] => what names were mentioned
welche (daten|termine|uhrzeiten) [...] => what dates were mentioned
welche preise [...] => what prices were mentioned
(was ist|was war|was wird|was wurde|was sind) [(das|als)] (erste|erstes|zuerst|die ersten worte) [...] => what was the
    first thing they said
(was ist|was war|was wird|was wurde|was sind) [(das|als)] (letzte|letztes|zuletzt|die letzten worte) [...] => what was
    the last thing they
    said
wann (wird|wurde) [das wort] {t} <done> => when did they mention {t}
wann (sagt|sagte|sagen|spricht|redet|erwähnt|hat) <they> [(über|von|das wort)] {t} [<done>] => when did they mention {t}
wann (sieht man|ist|erscheint|taucht|kommt|siehst du|sind) {x} [(zu sehen|auf|ins bild|sichtbar)] [@p] [(zu sehen)] =>
    when does the {x} appear
was (<said>|<said> <they>) [<they>] (über|von|zu|zum|vom) {t} [<done>] => what did they say about {t}
(wird|wurde) [(über|von|das wort)] {t} <done> => did they mention {t}
(erwähnt|erwähnen|spricht|sprechen|redet|sagt|hat|haben) <they> [(über|von|das wort)] {t} [<done>] => did they mention
    {t}
was <said> [<they>] [(da|hier)] [<done>] [@p] [<done>] => what did they say
worüber (spricht|redet|sprechen|reden|wird) [<they>] [<done>] => what did they say
was (hörst du|hört man|hören sie|ist zu hören) => what did they say
(transkribiere|transkribier|transkription) [...] => transcribe the recording
wer spricht [da] => who is speaking
(spricht da jemand|spricht jemand|redet jemand) => is anyone speaking
(wie fühlt sich|wie klingt|wie ist die stimmung|wie ist der ton|welche stimmung) [(von|hat)] [<they>] [...] => how
    does the speaker feel
(ist|klingt|wirkt) <they> (glücklich|fröhlich|froh|zufrieden) => is the speaker happy
(ist|klingt|wirkt) <they> (traurig|wütend|verärgert|böse|sauer) => is the speaker angry
was (passiert|geschieht) [@p] => what happens in the video
was (ändert|verändert) sich [...] zwischen [dem] anfang und [dem] ende [...] => what changes between the start and the
    end
(wie groß ist|welche auflösung hat|welche größe hat) @i => how big is the picture
ist @i (unscharf|verschwommen) => is the picture blurred
ist @i scharf => is the picture sharp
wer (ist das|ist|ist zu sehen) [...] => who is this
was (macht|machen|tut) {x} [@p] => what is the {x} doing
wie ist das wetter => what is the weather
wie alt (ist|sind) [...] => how old is he
(warum) ... => why is that
(beschreibe|beschreib|beschreiben sie) [...] => describe the picture
was (siehst du|sieht man|sehen sie|zeigt @i|ist|gibt es|kann man sehen|kannst du sehen|erkennst du) [alles] [@p] [zu
    sehen] => describe
    the picture
was ist zu sehen => describe the picture
(<there>|ist|sind) kein {x} [@p] [(zu sehen|sehen)] => is there no {x}
(<there>) [jemals|irgendwann] {x} [@p] [(zu sehen|sehen|sichtbar)] => is there a {x}
(ist|sind|steht|liegt|sitzt) {xq} [@p] => is the {x} {q}
(ist|sind) (das|dies|es) {x} => is this a {x}
(ist|sind) {x} [@p] [(zu sehen|da|dort|sichtbar)] [@p] [(zu sehen|da)] => is there a {x}
{x} (ist|sind|steht|liegt|sitzt) {q} => is the {x} {q}
@p {x} => is there a {x}
(ein|eine|einen) {x} [@p] => is there a {x}
""",
)
